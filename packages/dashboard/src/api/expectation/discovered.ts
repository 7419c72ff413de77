import { type DiscoveredService, type LiveEvent, type Service, api } from '@homelabcmd/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ask } from '../call.ts';
import { everyPage } from '../every-page.ts';
import { liveQuery } from '../live/live-query.ts';
import { change, newer, without } from '../live/newer.ts';
import { useServices } from '../services.ts';

const PAGE = 2000;

type Discovered = readonly DiscoveredService[];

/** Keeps the list true as far as a fact can: a service that is expected now leaves it, one that changed stays ranked. */
export function reduceDiscovered(services: Discovered, fact: LiveEvent, serverId: string): Discovered {
  if (fact.server_id !== serverId) return services;
  switch (fact.type) {
    case 'server.deleted':
      return [];
    case 'service.removed':
      return without(services, (service) => service.target === fact.data.target);
    case 'service.changed': {
      const told = fact.data.service;
      if (told.expected) return without(services, (service) => service.target === told.target);
      return change(services, (service) =>
        service.target === told.target ? newer(service, { ...service, ...told }) : service,
      );
    }
    default:
      return services;
  }
}

/** What runs on a server and nobody expects, the likeliest first; `background` is among it. */
const discoveredQuery = (serverId: string) =>
  liveQuery<Discovered>({
    key: ['discovered', serverId],
    read: (signal) =>
      everyPage(async (offset) => {
        const query = { all: 'true', limit: PAGE, offset };
        const input = { params: { server_id: serverId }, query, signal };
        const { body, asOf } = await ask(api.discoveredServices, input);
        return { body: { items: body.services, total: body.total }, asOf };
      }),
    reduce: (services, fact) => reduceDiscovered(services, fact, serverId),
  });

/**
 * How likely a service is wanted is the hub's judgement, and no fact tells it: a service that is new on the server is
 * the reason to ask again.
 */
export function useDiscovered(serverId: string) {
  const query = useQuery(discoveredQuery(serverId));
  const seen = useServices(serverId).data;
  const { data, refetch } = query;
  const asked = useRef('');
  const news = data === undefined || seen === undefined ? '' : newsIn(data, seen);
  useEffect(() => {
    if (news === '' || news === asked.current) return;
    asked.current = news;
    void refetch();
  }, [news, refetch]);
  return query;
}

/** The services that the list does not know yet, in one text. */
function newsIn(discovered: Discovered, seen: readonly Service[]): string {
  const known = new Set(discovered.map((service) => service.target));
  const isNew = (service: Service) => !service.expected && !known.has(service.target);
  return seen
    .filter(isNew)
    .map((service) => service.target)
    .join(' ');
}
