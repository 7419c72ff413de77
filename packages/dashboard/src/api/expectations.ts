import { type Service, api } from '@homelabcmd/protocol';
import { call } from './call.ts';

const paramsOf = ({ server_id, service_name }: Service) => ({ server_id, service_name });

/** From now on this service should run. The stream tells what comes of it. @throws ApiProblem */
export async function expectService(service: Service): Promise<void> {
  const { server_id, service_name } = service;
  await call(api.expectService, { params: { server_id }, body: { service_name } });
}

export async function forgetService(service: Service): Promise<void> {
  await call(api.forgetService, { params: paramsOf(service) });
}

export async function setCritical(service: Service, critical: boolean): Promise<void> {
  await call(api.changeService, { params: paramsOf(service), body: { critical } });
}
