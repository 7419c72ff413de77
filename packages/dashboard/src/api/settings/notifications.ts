import {
  type BodyInputOf,
  type Channel,
  type ChannelKind,
  type ChannelTest,
  type Delivery,
  type Heartbeat,
  api,
} from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';

const PAGE = 500;
/** What happened lately; the rest is in the story of each alert. */
const RECENT = 25;
const TELLS = ['notification.delivered', 'notification.failed'];

/** Of what is on its way to who follows events no fact tells: it is asked for so often. */
const LOOK_AGAIN_MS = 2000;
/** That a heartbeat went out, or did not, is no fact either. */
const HEARTBEAT_AGAIN_MS = 30_000;

/** What was told or was not, changes how a channel is. */
const meta = { outdates: (_: unknown, fact: { readonly type: string }) => TELLS.includes(fact.type) };

const kindsQuery = queryOptions({
  queryKey: ['channel-kinds'],
  queryFn: async ({ signal }): Promise<readonly ChannelKind[]> =>
    (await call(api.listChannelKinds, { signal })).channel_kinds,
  staleTime: Number.POSITIVE_INFINITY,
});

const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: async ({ signal }): Promise<readonly Channel[]> => {
    const { body } = await everyPage(async (offset) => {
      const answer = await ask(api.listChannels, { query: { limit: PAGE, offset }, signal });
      return { body: { items: answer.body.channels, total: answer.body.total }, asOf: answer.asOf };
    });
    return body;
  },
  refetchInterval: ({ state }) =>
    state.data?.some(({ health }) => health.waiting > 0) === true ? LOOK_AGAIN_MS : false,
  ...{ staleTime: 0, meta },
});

const deliveriesQuery = queryOptions({
  queryKey: ['deliveries'],
  queryFn: async ({ signal }): Promise<readonly Delivery[]> =>
    (await call(api.listDeliveries, { query: { limit: RECENT }, signal })).deliveries,
  refetchInterval: ({ state }) =>
    state.data?.some((one) => one.state === 'waiting') === true ? LOOK_AGAIN_MS : false,
  ...{ staleTime: 0, meta },
});

/** The first one goes out at once. */
const isYetToGo = ({ enabled, failures, last_sent_at }: Heartbeat): boolean =>
  enabled && failures === 0 && last_sent_at === null;

const heartbeatsQuery = queryOptions({
  queryKey: ['heartbeats'],
  queryFn: async ({ signal }): Promise<readonly Heartbeat[]> =>
    (await call(api.listHeartbeats, { query: { limit: PAGE }, signal })).heartbeats,
  staleTime: 0,
  refetchInterval: ({ state }) => (state.data?.some(isYetToGo) === true ? LOOK_AGAIN_MS : HEARTBEAT_AGAIN_MS),
});

export const useChannelKinds = () => useQuery(kindsQuery);
export const useChannels = () => useQuery(channelsQuery);
export const useDeliveries = () => useQuery(deliveriesQuery);
export const useHeartbeats = () => useQuery(heartbeatsQuery);

export type ChannelWish = BodyInputOf<typeof api.createChannel>;
export type HeartbeatWish = BodyInputOf<typeof api.createHeartbeat>;

const readAgain = async (client: QueryClient): Promise<void> => {
  await Promise.all(
    [channelsQuery, deliveriesQuery].map(({ queryKey }) => client.invalidateQueries({ queryKey })),
  );
};

/** Adds a channel, or changes the one that is named. @throws ApiProblem */
export async function saveChannel(
  client: QueryClient,
  channelId: string | null,
  body: ChannelWish,
): Promise<void> {
  if (channelId === null) await call(api.createChannel, { body });
  else await call(api.putChannel, { params: { channel_id: channelId }, body });
  await readAgain(client);
}

/** @throws ApiProblem */
export async function removeChannel(client: QueryClient, channelId: string): Promise<void> {
  await call(api.deleteChannel, { params: { channel_id: channelId } });
  await readAgain(client);
}

/** Sends a message now. @throws ApiProblem */
export const tryChannel = (channelId: string): Promise<ChannelTest> =>
  call(api.testChannel, { params: { channel_id: channelId } });

/** @throws ApiProblem */
export async function retryDelivery(client: QueryClient, deliveryId: string): Promise<void> {
  await call(api.retryDelivery, { params: { delivery_id: deliveryId } });
  await readAgain(client);
}

/** Adds a heartbeat, or changes the one that is named. @throws ApiProblem */
export async function saveHeartbeat(
  client: QueryClient,
  heartbeatId: string | null,
  body: HeartbeatWish,
): Promise<void> {
  if (heartbeatId === null) await call(api.createHeartbeat, { body });
  else await call(api.putHeartbeat, { params: { heartbeat_id: heartbeatId }, body });
  await client.invalidateQueries({ queryKey: heartbeatsQuery.queryKey });
}

/** @throws ApiProblem */
export async function removeHeartbeat(client: QueryClient, heartbeatId: string): Promise<void> {
  await call(api.deleteHeartbeat, { params: { heartbeat_id: heartbeatId } });
  await client.invalidateQueries({ queryKey: heartbeatsQuery.queryKey });
}
