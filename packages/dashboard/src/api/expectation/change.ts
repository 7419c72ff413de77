import { type BodyInputOf, type Service, api } from '@homelabcmd/protocol';
import { call } from '../call.ts';

type Wish = BodyInputOf<typeof api.expectService>;
export type ServiceChange = BodyInputOf<typeof api.changeService>;

/** The hub takes so many at once. */
const MOST_AT_ONCE = 500;

const paramsOf = ({ server_id, service_name }: Service) => ({ server_id, service_name });

/** From now on this service should run. The stream tells what comes of it. @throws ApiProblem */
export async function expectService(serverId: string, wish: Wish): Promise<void> {
  await call(api.expectService, { params: { server_id: serverId }, body: wish });
}

interface Expected {
  readonly added: readonly string[];
  readonly alreadyExpected: readonly string[];
}

/** The same of several services. Those that are expected already stay as they are. @throws ApiProblem */
export async function expectServices(serverId: string, names: readonly string[]): Promise<Expected> {
  const added: string[] = [];
  const alreadyExpected: string[] = [];
  for (let from = 0; from < names.length; from += MOST_AT_ONCE) {
    const services = names.slice(from, from + MOST_AT_ONCE).map((service_name) => ({ service_name }));
    const answer = await call(api.expectServices, { params: { server_id: serverId }, body: { services } });
    added.push(...answer.services.map((service) => service.service_name));
    alreadyExpected.push(...answer.already_expected);
  }
  return { added, alreadyExpected };
}

/** @throws ApiProblem */
export async function changeService(service: Service, change: ServiceChange): Promise<void> {
  await call(api.changeService, { params: paramsOf(service), body: change });
}

/** @throws ApiProblem */
export async function forgetService(service: Service): Promise<void> {
  await call(api.forgetService, { params: paramsOf(service) });
}

/** Expects a service again exactly as it was. @throws ApiProblem */
export async function expectAgain(service: Service): Promise<void> {
  const { server_id, service_name, display_name, critical, enabled, probe, grace_seconds } = service;
  const wish = { service_name, display_name, critical, enabled, probe, grace_seconds };
  await expectService(server_id, wish);
}
