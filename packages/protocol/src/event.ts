import { z } from 'zod';
import { Action } from './actions/action.ts';
import { Scope } from './access/role.ts';
import { Alert, Silence } from './alerts/alert.ts';
import { Freeze } from './guards/freeze.ts';
import { Automation, Policy } from './guards/policy.ts';
import { Server } from './server.ts';
import { Service } from './service.ts';
import { ServerMetrics } from './metrics/sample.ts';
import { ServerId, Timestamp } from './text.ts';

/**
 * Facts, as the live stream tells them. Each carries the whole thing as it is after the fact, so that a page
 * needs no second question; `revision` in it equals the event's id.
 */
const fact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z.object({
    id: z.int().positive(),
    at: Timestamp,
    type: z.literal(type),
    server_id: ServerId,
    /** Who or what caused it: a person or key, `agent:<server id>`, `hub`. */
    actor: z.string(),
    data: z.object(data),
  });

/** A fact of the hub itself, of no server. */
const hubFact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  fact(type, data).extend({ server_id: z.null() });

/** Of an alert: of a server's, or of the fleet's. */
const alertFact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  fact(type, data).extend({ server_id: ServerId.nullable() });

/** Of a key it tells the name, never what opens the hub. */
const keyFact = <T extends string>(type: T) => hubFact(type, { key_id: z.string(), name: z.string() });

/** Of a person it tells the name alone; who may, asks for the rest. */
const userFact = <T extends string>(type: T) => hubFact(type, { user_id: z.string(), name: z.string() });

/** Of which alert somebody was to be told, by which channel, and of what: `fired`, `resolved`, … */
const Told = { alert_id: z.int().positive(), channel: z.string(), occasion: z.string() };

// Whoever only needs the type, as the dashboard does, is spared the schema.
export const LiveEvent = /* @__PURE__ */ z.discriminatedUnion('type', [
  fact('server.created', { server: Server }),
  fact('server.changed', { server: Server }),
  fact('server.deleted', {}),
  fact('service.changed', { service: Service }),
  fact('service.removed', { service_name: z.string(), target: z.string() }),
  fact('action.requested', { action: Action }),
  fact('action.approved', { action: Action }),
  fact('action.rejected', { action: Action }),
  fact('action.cancelled', { action: Action }),
  fact('action.expired', { action: Action }),
  fact('action.dispatched', { action: Action }),
  fact('action.executing', { action: Action }),
  fact('action.progress', { action: Action }),
  fact('action.completed', { action: Action }),
  fact('action.failed', { action: Action }),
  fact('action.refused', { action: Action }),
  fact('action.unknown', { action: Action }),
  fact('action.abandoned', { action: Action }),
  userFact('user.created'),
  userFact('user.changed'),
  userFact('user.removed'),
  hubFact('key.created', { key_id: z.string(), name: z.string(), scopes: z.array(Scope).optional() }),
  keyFact('key.revoked'),
  hubFact('freeze.changed', { freeze: Freeze }),
  hubFact('policy.changed', { policy: Policy }),
  hubFact('policy.removed', { name: z.string() }),
  hubFact('policy.noted', { policy: Policy }),
  hubFact('automation.changed', { automation: Automation }),
  alertFact('alert.pending', { alert: Alert }),
  alertFact('alert.fired', { alert: Alert }),
  alertFact('alert.changed', { alert: Alert }),
  alertFact('alert.suppressed', { alert: Alert }),
  alertFact('alert.acknowledged', { alert: Alert }),
  alertFact('alert.unacknowledged', { alert: Alert }),
  alertFact('alert.repeated', { alert: Alert }),
  alertFact('alert.escalated', { alert: Alert }),
  alertFact('alert.resolved', { alert: Alert }),
  alertFact('alert.forgotten', { alert_id: z.int().positive() }),
  hubFact('silence.created', { silence: Silence }),
  hubFact('silence.ended', { silence_id: z.int().positive() }),
  alertFact('notification.delivered', Told),
  alertFact('notification.failed', { ...Told, because: z.string() }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;
export type EventType = LiveEvent['type'];
export type EventData<T extends EventType> = Extract<LiveEvent, { type: T }>['data'];

/**
 * The names of the messages on the stream (`event:` lines). `fact` has an id and is resumable; the others are not.
 * `hello` opens every stream; `beat` comes every few seconds; `metrics` are readings, which are not facts.
 */
export const StreamHello = z.object({
  /** The newest event at this moment. */
  head: z.int().nonnegative(),
  /** False: the stream starts at `head`, because nothing, or something too old, was asked for: read the lists again. */
  resumed: z.boolean(),
  hub_version: z.string(),
  at: Timestamp,
});
export type StreamHello = z.infer<typeof StreamHello>;

export const StreamBeat = z.object({ at: Timestamp });
export const StreamMetrics = ServerMetrics;
