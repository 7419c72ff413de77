import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { Origin } from '../events/audit-trail.ts';
import type { Handlers } from '../lib/handler.ts';
import { CHANNEL_KINDS } from './channels/registry.ts';
import {
  allHeartbeats,
  createHeartbeat,
  deleteHeartbeat,
  type HeartbeatParts,
  heartbeatOf,
  putHeartbeat,
} from './heartbeats.ts';
import { createChannel, deleteChannel, type ManageParts, putChannel, testChannel } from './manage.ts';
import { retryDelivery } from './retry.ts';
import { type DeliverParts, tryChannel } from './sending/deliver.ts';
import { listChannels, listDeliveries, readChannel } from './view.ts';

export interface NotificationParts extends ManageParts, HeartbeatParts {
  readonly sending: DeliverParts;
  readonly wake: (channelId: string) => void;
}

type Routes = Pick<
  typeof api,
  | 'listChannelKinds'
  | 'listChannels'
  | 'getChannel'
  | 'createChannel'
  | 'putChannel'
  | 'deleteChannel'
  | 'testChannel'
  | 'listDeliveries'
  | 'retryDelivery'
  | 'listHeartbeats'
  | 'createHeartbeat'
  | 'putHeartbeat'
  | 'deleteHeartbeat'
>;

const KINDS = Object.values(CHANNEL_KINDS).map(({ kind, title, summary, tells, fields }) => ({
  ...{ kind, title, summary, tells, fields },
}));

export function notificationHandlers(parts: NotificationParts): Handlers<Routes> {
  return { ...channelHandlers(parts), ...heartbeatHandlers(parts) };
}

const by = (parts: NotificationParts, from: Origin) => ({ ...parts, log: parts.log.from(from) });

function channelHandlers(parts: NotificationParts) {
  const { db } = parts;
  return {
    listChannelKinds: async () => ({ channel_kinds: KINDS }),
    listChannels: async ({ query: { limit, offset } }) => {
      const all = await listChannels(db);
      return { channels: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    getChannel: ({ params }) => readChannel(db, params.channel_id),
    createChannel: ({ body, principal, from }) => createChannel(by(parts, from), principal.name, body),
    putChannel: ({ params, body, principal, from }) =>
      putChannel(by(parts, from), principal.name, params.channel_id, body),
    deleteChannel: async ({ params, principal, from }): Promise<ResponseOf<typeof api.deleteChannel>> => {
      await deleteChannel(by(parts, from), principal.name, params.channel_id);
      return null;
    },
    testChannel: ({ params }) =>
      testChannel(parts, params.channel_id, (channel, id) => tryChannel(parts.sending, channel, id)),
    listDeliveries: ({ query }) => listDeliveries(db, query),
    retryDelivery: async ({ params, from }) => {
      const delivery = await retryDelivery(parts.log.from(from), params.delivery_id);
      parts.wake(delivery.channel_id);
      return delivery;
    },
  } satisfies Partial<Handlers<Routes>>;
}

function heartbeatHandlers(parts: NotificationParts) {
  return {
    listHeartbeats: async ({ query: { limit, offset } }) => {
      const all = (await allHeartbeats(parts.db)).map(heartbeatOf);
      return { heartbeats: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    createHeartbeat: ({ body, principal, from }) => createHeartbeat(by(parts, from), principal.name, body),
    putHeartbeat: ({ params, body, principal, from }) =>
      putHeartbeat(by(parts, from), principal.name, params.heartbeat_id, body),
    deleteHeartbeat: async ({ params, principal, from }): Promise<ResponseOf<typeof api.deleteHeartbeat>> => {
      await deleteHeartbeat(by(parts, from), principal.name, params.heartbeat_id);
      return null;
    },
  } satisfies Partial<Handlers<Routes>>;
}
