import { type LiveEvent, type Server, type ServerMetrics, api } from '@homelabcmd/protocol';
import { type QueryClient, skipToken, useQuery } from '@tanstack/react-query';
import { ask, call } from './call.ts';
import { everyPage } from './every-page.ts';
import { extendLine } from './fleet/lines.ts';
import { liveQuery } from './live/live-query.ts';
import { newer, put, without } from './live/newer.ts';

const PAGE = 500;

export function reduceServers(servers: readonly Server[], fact: LiveEvent): readonly Server[] {
  const isIt = (server: Server) => server.server_id === fact.server_id;
  if (fact.type === 'server.deleted') return without(servers, isIt);
  if (fact.type === 'server.created' || fact.type === 'server.changed')
    return put(servers, fact.data.server, isIt);
  return servers;
}

export function reduceServer(server: Server, fact: LiveEvent): Server {
  const isTold = fact.type === 'server.created' || fact.type === 'server.changed';
  return isTold && fact.server_id === server.server_id ? newer(server, fact.data.server) : server;
}

export const serversQuery = liveQuery<readonly Server[]>({
  key: ['servers'],
  read: (signal) =>
    everyPage(async (offset) => {
      const { body, asOf } = await ask(api.listServers, { query: { limit: PAGE, offset }, signal });
      return { body: { items: body.servers, total: body.total }, asOf };
    }),
  reduce: reduceServers,
});

const serverQuery = (serverId: string) =>
  liveQuery<Server>({
    key: ['server', serverId],
    read: (signal) => ask(api.getServer, { params: { server_id: serverId }, signal }),
    reduce: reduceServer,
    // That it is gone is for the hub to say: the page then shows so.
    outdates: (server, fact) => fact.type === 'server.deleted' && fact.server_id === server.server_id,
  });

export const useServers = () => useQuery(serversQuery);
export const useServer = (serverId: string) => useQuery(serverQuery(serverId));

const readingKey = (serverId: string) => ['reading', serverId];

/** The newest reading of a server, or `undefined` while there is none. It is told by the stream alone. */
export function useReading(serverId: string): ServerMetrics | undefined {
  return useQuery<ServerMetrics>({
    queryKey: readingKey(serverId),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data;
}

/** A reading has come; an older one never replaces a newer one. */
export function keepReading(client: QueryClient, metrics: ServerMetrics): void {
  const key = readingKey(metrics.server_id);
  const known = client.getQueryData<ServerMetrics>(key);
  if (known !== undefined && known.at >= metrics.at) return;
  client.setQueryData<ServerMetrics>(key, metrics);
  extendLine(client, metrics);
}

/** The readings from before the stream began. */
export async function readLatestReadings(client: QueryClient): Promise<void> {
  const { metrics } = await call(api.latestMetrics, {});
  for (const reading of metrics) keepReading(client, reading);
}
