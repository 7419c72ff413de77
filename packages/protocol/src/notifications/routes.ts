import { z } from 'zod';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';
import { Channel, ChannelKind, ChannelTest, ChannelWish, PlainName } from './channel.ts';
import { Delivery, DeliveryState, Heartbeat } from './delivery.ts';

/** Made by the hub. */
const Id = z.string().regex(/^[\w-]{1,100}$/, 'This is no id of the hub');

const ChannelParams = z.object({ channel_id: Id });
const DeliveryParams = z.object({ delivery_id: Id });
const HeartbeatParams = z.object({ heartbeat_id: Id });
const DAY_MS = 86_400_000;

/** What a person says of an address that is to be asked; without `url` it stays as it was. */
const HeartbeatWish = z.strictObject({
  name: PlainName,
  url: z.string().max(2000).optional(),
  every_ms: z.int().min(60_000).max(DAY_MS).default(300_000),
  enabled: z.boolean().default(true),
});

export const notificationRoutes = {
  listChannelKinds: route({
    method: 'GET',
    path: '/channel-kinds',
    summary: 'The ways in which somebody can be told, and what each needs to know',
    tag: 'notifications',
    status: 200,
    response: z.object({ channel_kinds: z.array(ChannelKind) }),
    problems: [],
  }),
  listChannels: route({
    method: 'GET',
    path: '/channels',
    summary: 'List the channels, by name, with how each went lately',
    tag: 'notifications',
    query: Paging,
    status: 200,
    response: listOf('channels', Channel),
    problems: [],
  }),
  getChannel: route({
    method: 'GET',
    path: '/channels/:channel_id',
    summary: 'One channel',
    tag: 'notifications',
    params: ChannelParams,
    status: 200,
    response: Channel,
    problems: ['not_found'],
  }),
  createChannel: route({
    method: 'POST',
    path: '/channels',
    summary: 'Add a channel',
    tag: 'notifications',
    body: ChannelWish,
    status: 201,
    response: Channel,
    problems: ['already_exists', 'invalid'],
  }),
  putChannel: route({
    method: 'PUT',
    path: '/channels/:channel_id',
    summary: 'Change a channel as a whole; secrets that are left out stay as they are',
    tag: 'notifications',
    params: ChannelParams,
    body: ChannelWish,
    status: 200,
    response: Channel,
    problems: ['not_found', 'already_exists', 'invalid'],
  }),
  deleteChannel: route({
    method: 'DELETE',
    path: '/channels/:channel_id',
    summary: 'Remove a channel, and what was yet to be sent by it',
    tag: 'notifications',
    params: ChannelParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
  testChannel: route({
    method: 'POST',
    path: '/channels/:channel_id/test',
    summary: 'Send a message by it now, and say what the receiver answered',
    tag: 'notifications',
    params: ChannelParams,
    body: NoBody,
    status: 200,
    response: ChannelTest,
    problems: ['not_found'],
  }),
  listDeliveries: route({
    method: 'GET',
    path: '/deliveries',
    summary: 'What was told, is to be told, and was not told, newest first',
    tag: 'notifications',
    query: Paging.extend({
      channel_id: Id.optional(),
      alert_id: z.coerce.number().int().positive().optional(),
      state: DeliveryState.optional(),
    }),
    status: 200,
    response: listOf('deliveries', Delivery),
    problems: [],
  }),
  retryDelivery: route({
    method: 'POST',
    path: '/deliveries/:delivery_id/retry',
    summary: 'Try once more what had failed; the message has the same id',
    tag: 'notifications',
    params: DeliveryParams,
    body: NoBody,
    status: 200,
    response: Delivery,
    problems: ['not_found', 'delivery_moved_on'],
  }),
  listHeartbeats: route({
    method: 'GET',
    path: '/heartbeats',
    summary: 'List the addresses that the hub asks while it is well, by name',
    tag: 'notifications',
    query: Paging,
    status: 200,
    response: listOf('heartbeats', Heartbeat),
    problems: [],
  }),
  createHeartbeat: route({
    method: 'POST',
    path: '/heartbeats',
    summary: 'Ask an address again and again while the hub is well',
    tag: 'notifications',
    body: HeartbeatWish,
    status: 201,
    response: Heartbeat,
    problems: ['already_exists', 'invalid'],
  }),
  putHeartbeat: route({
    method: 'PUT',
    path: '/heartbeats/:heartbeat_id',
    summary: 'Change it as a whole; an address that is left out stays',
    tag: 'notifications',
    params: HeartbeatParams,
    body: HeartbeatWish,
    status: 200,
    response: Heartbeat,
    problems: ['not_found', 'already_exists', 'invalid'],
  }),
  deleteHeartbeat: route({
    method: 'DELETE',
    path: '/heartbeats/:heartbeat_id',
    summary: 'Ask there no more',
    tag: 'notifications',
    params: HeartbeatParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
} as const;
