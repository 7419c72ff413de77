import { z } from 'zod';
import { Timestamp } from '../text.ts';

/** What of an alert is told. `event`: a fact of the log, to who follows events. */
export const Occasion = z.enum(['fired', 'repeated', 'escalated', 'resolved', 'event']);
export type Occasion = z.infer<typeof Occasion>;

/**
 *   held ──the quiet hours end, and it still holds──► waiting ──► delivered
 *     │                                                 │ ▲
 *     └──► not_told ◄──silenced, suppressed, over───────┤ └──a person, once more──┐
 *                                                       └──► failed ──────────────┘
 */
export const DeliveryState = z.enum(['waiting', 'held', 'delivered', 'failed', 'not_told']);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** That one channel is to be told of one fact. */
export const Delivery = z.object({
  delivery_id: z.string(),
  channel_id: z.string(),
  channel: z.string(),
  /** The fact of the log. */
  event_id: z.int().positive(),
  /** `null` for an event. */
  alert_id: z.int().positive().nullable(),
  occasion: Occasion,
  title: z.string(),
  state: DeliveryState,
  /** What the receiver gets as the id of the message: one message may tell several facts, and a repeat has the same. */
  message_id: z.string().nullable(),
  tries: z.int().nonnegative(),
  created_at: Timestamp,
  /** When it is tried next; `null` when it is over. */
  due_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
  /** Why the newest try failed, or why nobody was told. */
  because: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

/** An address of yours that the hub asks as long as it is well, so that somebody else notices when it is not. */
export const Heartbeat = z.object({
  heartbeat_id: z.string(),
  name: z.string(),
  /** Only its host: the rest of such an address is a secret. */
  host: z.string(),
  every_ms: z.int().positive(),
  enabled: z.boolean(),
  last_sent_at: Timestamp.nullable(),
  last_failed_at: Timestamp.nullable(),
  last_failure: z.string().nullable(),
  failures: z.int().nonnegative(),
  created_at: Timestamp,
  created_by: z.string(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
