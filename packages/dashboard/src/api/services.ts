import { type LiveEvent, type Service, api, isOpen } from '@homelabcmd/protocol';
import { useQuery } from '@tanstack/react-query';
import { ask } from './call.ts';
import { everyPage } from './every-page.ts';
import { liveQuery } from './live/live-query.ts';
import { change, put, without } from './live/newer.ts';

const PAGE = 2000;
const FLEET_PAGE = 20_000;

type Services = readonly Service[];

/** Which services a list is about. */
type Belongs = (service: Service) => boolean;

/** Keeps a list of services true. Facts of other servers, and of services that do not belong, leave it as it is. */
export function reduceServices(services: Services, fact: LiveEvent, belongs: Belongs): Services {
  const isOf = (service: Service) => service.server_id === fact.server_id;
  switch (fact.type) {
    case 'service.changed': {
      const told = fact.data.service;
      const isIt = (service: Service) => isOf(service) && service.target === told.target;
      return belongs(told) ? put(services, told, isIt) : without(services, isIt);
    }
    case 'service.removed':
      return without(services, (service) => isOf(service) && service.target === fact.data.target);
    case 'server.deleted':
      return without(services, isOf);
    case 'server.created':
    case 'server.changed': {
      const stale = fact.data.server.liveness !== 'online';
      return change(services, (service) =>
        isOf(service) && service.stale !== stale ? { ...service, stale } : service,
      );
    }
    default: {
      // What is no action is a fact of the hub itself, and no service's.
      if (!('action' in fact.data)) return services;
      const { action } = fact.data;
      const openId = isOpen(action.status) ? action.action_id : null;
      return change(services, (service) => {
        if (!isOf(service) || service.target !== action.target) return service;
        if (openId === null && service.open_action_id !== action.action_id) return service;
        return service.open_action_id === openId ? service : { ...service, open_action_id: openId };
      });
    }
  }
}

/** Everything that a server runs or should run. */
const servicesQuery = (serverId: string) =>
  liveQuery<Services>({
    key: ['services', serverId],
    read: (signal) =>
      everyPage(async (offset) => {
        const input = { params: { server_id: serverId }, query: { limit: PAGE, offset }, signal };
        const { body, asOf } = await ask(api.listServices, input);
        return { body: { items: body.services, total: body.total }, asOf };
      }),
    reduce: (services, fact) => reduceServices(services, fact, (service) => service.server_id === serverId),
  });

/** What should run, on every server. */
const expectedQuery = liveQuery<Services>({
  key: ['expected'],
  read: (signal) =>
    everyPage(async (offset) => {
      const { body, asOf } = await ask(api.listExpected, { query: { limit: FLEET_PAGE, offset }, signal });
      return { body: { items: body.services, total: body.total }, asOf };
    }),
  reduce: (services, fact) => reduceServices(services, fact, (service) => service.expected),
});

export const useServices = (serverId: string) => useQuery(servicesQuery(serverId));
export const useExpected = () => useQuery(expectedQuery);

/** One service of a server, or `undefined` while it is not known. */
export function useService(serverId: string, target: string): Service | undefined {
  return useQuery({
    ...servicesQuery(serverId),
    select: (services: Services) => services.find((service) => service.target === target),
  }).data;
}
