import type { Alert } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import type { Schema, Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import { LETS_PASS_AFTER, MOST_LEFT_BEHIND, MOST_TOLD } from './backoff.ts';

type DeliveryRow = Selectable<Schema['deliveries']>;

/** Rows that are one message: sent together, and repeated together. */
export interface Batch {
  readonly messageId: string;
  readonly tries: number;
  readonly giveUpAtMs: number;
  readonly rows: readonly DeliveryRow[];
}

export type Next =
  | { readonly do: 'send'; readonly batch: Batch }
  /** These become a message, and only then are sent. */
  | { readonly do: 'claim'; readonly rows: readonly DeliveryRow[] }
  | { readonly do: 'wait'; readonly untilMs: number }
  | { readonly do: 'rest' };

/** Far more than one message holds. */
const LOOKED_AT = 200;

const openRows = statement<{ channelId: string }, DeliveryRow>((db, { channelId }) =>
  db
    .selectFrom('deliveries')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('state', 'in', ['waiting', 'held'])
    // However much is held back by quiet hours, it hides nothing that is to be sent.
    .orderBy('state', 'desc')
    .orderBy('event_id')
    .limit(LOOKED_AT),
);

/** What a channel is to do next. @param inOrder each row waits for the one before it, whatever becomes of that */
export async function nextOf(db: Store, channelId: string, nowMs: number, inOrder: boolean): Promise<Next> {
  const found = await openRows(db, { channelId });
  const rows = found.rows.toSorted((a, b) => Number(a.event_id) - Number(b.event_id));
  return inOrder ? nextInOrder(rows, nowMs) : nextOfAlerts(rows, nowMs);
}

const dueMsOf = ({ due_at }: DeliveryRow): number => (due_at === null ? 0 : Date.parse(due_at));

function nextInOrder(rows: readonly DeliveryRow[], nowMs: number): Next {
  const [first] = rows;
  if (first === undefined) return { do: 'rest' };
  const dueMs = dueMsOf(first);
  if (dueMs > nowMs) return { do: 'wait', untilMs: dueMs };
  return first.message_id === null
    ? { do: 'claim', rows: [first] }
    : { do: 'send', batch: batchOf(first.message_id, [first]) };
}

const batchOf = (messageId: string, rows: readonly DeliveryRow[]): Batch => ({
  ...{ messageId, rows },
  tries: Math.max(...rows.map(({ tries }) => tries)),
  giveUpAtMs: Math.max(...rows.map(({ give_up_at }) => Date.parse(give_up_at))),
});

/**
 * A message that failed is tried before anything new, so that what a receiver could not take for a while comes in its order. One that
 * fails again and again, though others may be taken, lets those pass that are about other alerts.
 */
function nextOfAlerts(rows: readonly DeliveryRow[], nowMs: number): Next {
  const batches = batchesOf(rows);
  const due = batches.find((batch) => batch.rows.every((row) => dueMsOf(row) <= nowMs));
  if (due) return { do: 'send', batch: due };
  const isHeldUp = batches.some(({ tries }) => tries < LETS_PASS_AFTER) || batches.length > MOST_LEFT_BEHIND;
  const busy = new Set(batches.flatMap((batch) => batch.rows.map(({ alert_id }) => alert_id)));
  const free = isHeldUp ? [] : rows.filter((row) => row.message_id === null && !busy.has(row.alert_id));
  const ready = free.filter((row) => dueMsOf(row) <= nowMs).slice(0, MOST_TOLD);
  if (ready.length > 0) return { do: 'claim', rows: ready };
  const times = [...batches.flatMap((batch) => batch.rows), ...free].map(dueMsOf);
  return times.length === 0 ? { do: 'rest' } : { do: 'wait', untilMs: Math.min(...times) };
}

function batchesOf(rows: readonly DeliveryRow[]): Batch[] {
  const groups = Map.groupBy(rows, ({ message_id }) => message_id);
  return [...groups].flatMap(([messageId, of]) => (messageId === null ? [] : [batchOf(messageId, of)]));
}

/** The alert of a row, as it was. */
export const alertOf = ({ content_json }: DeliveryRow): Alert => JSON.parse(content_json) as Alert;
