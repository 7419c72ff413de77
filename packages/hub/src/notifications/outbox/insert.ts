import type { Alert, Occasion } from '@homelabcmd/protocol';
import type { Insertable } from 'kysely';
import type { StoredEvent } from '../../events/log.ts';
import { timestamp } from '../../lib/clock.ts';
import { uuidV7 } from '../../lib/uuid.ts';
import { OF_NO_SERVER, type Schema, type StoreTransaction } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import type { KeptChannel } from '../channels-kept.ts';
import { cut } from '../message/cut.ts';
import { severityOf } from '../message/message.ts';
import { GATHERS_MS, GIVES_UP_AFTER_MS, MOST_EVENTS_WAITING } from './backoff.ts';
import { quietUntil } from './quiet-hours.ts';

const TITLE = 200;

const insertRow = statement<Insertable<Schema['deliveries']>>((db, row) =>
  db
    .insertInto('deliveries')
    .values(row)
    .onConflict((conflict) => conflict.columns(['channel_id', 'event_id']).doNothing()),
);

/** A fact is given up a day after it was to be sent. */
const lateFrom = (atMs: number): string => timestamp(atMs + GIVES_UP_AFTER_MS);

interface Given {
  readonly channel: KeptChannel;
  readonly event: StoredEvent;
  readonly alert: Alert;
  readonly occasion: Occasion;
  /** Why nobody is told. */
  readonly because: string | null;
  readonly gathersUntil: string | null;
}

/**
 * One row for a fact of an alert. The first after a while goes at once; what comes within a short time of a message is gathered.
 * @returns until when the channel gathers now
 */
export async function insertAlert(tx: StoreTransaction, now: string, given: Given): Promise<string | null> {
  const { channel, event, alert, occasion, because, gathersUntil } = given;
  const nowMs = Date.parse(now);
  const isGathering = gathersUntil !== null && gathersUntil > now;
  const heldUntilMs = because === null ? heldUntil(channel, alert, nowMs) : null;
  const isAtOnce =
    because === null &&
    heldUntilMs === null &&
    !isGathering &&
    // What has yet to arrive goes first.
    (await waitingOf(tx, channel.channelId)) === 0;
  await insertRow(tx, {
    ...rowOf(channel, event, nowMs),
    alert_id: alert.alert_id,
    server_id: alert.server_id ?? OF_NO_SERVER,
    ...{ occasion, title: cut(alert.title, TITLE), content_json: JSON.stringify(alert) },
    state: because !== null ? 'not_told' : heldUntilMs !== null ? 'held' : 'waiting',
    message_id: isAtOnce ? uuidV7(nowMs) : null,
    due_at: because !== null ? null : dueAt(heldUntilMs, isGathering ? gathersUntil : now),
    give_up_at: lateFrom(heldUntilMs ?? nowMs),
    finished_at: because === null ? null : now,
    because,
  });
  if (!isAtOnce) return gathersUntil;
  const until = timestamp(nowMs + GATHERS_MS);
  await tx
    .updateTable('channels')
    .set({ gathers_until: until })
    .where('channel_id', '=', channel.channelId)
    .execute();
  return until;
}

const dueAt = (heldUntilMs: number | null, otherwise: string): string =>
  heldUntilMs === null ? otherwise : timestamp(heldUntilMs);

function heldUntil({ quiet }: KeptChannel, alert: Alert, nowMs: number): number | null {
  if (quiet === null || (quiet.critical_passes && severityOf(alert) === 'critical')) return null;
  return quietUntil(quiet, nowMs);
}

function rowOf({ channelId }: KeptChannel, { id }: StoredEvent, nowMs: number) {
  const now = timestamp(nowMs);
  return {
    ...{ delivery_id: uuidV7(nowMs), channel_id: channelId, event_id: id },
    ...{ tries: 0, created_at: now },
  };
}

/** One row for a fact that is sent as it is: each is a message of its own. */
export async function insertEvent(
  tx: StoreTransaction,
  now: string,
  channel: KeptChannel,
  event: StoredEvent,
): Promise<void> {
  const nowMs = Date.parse(now);
  const isTooMany = (await waitingOf(tx, channel.channelId)) >= MOST_EVENTS_WAITING;
  const { id, at, type, serverId, actor } = event;
  const told = { id, at, type, server_id: serverId === OF_NO_SERVER ? null : serverId, actor };
  await insertRow(tx, {
    ...rowOf(channel, event, nowMs),
    ...{ alert_id: null, server_id: serverId, occasion: 'event', title: type },
    // What the event holds is put in as it stands in the log.
    content_json: isTooMany ? '{}' : `${JSON.stringify(told).slice(0, -1)},"data":${event.dataJson}}`,
    state: isTooMany ? 'not_told' : 'waiting',
    message_id: isTooMany ? null : uuidV7(nowMs),
    due_at: isTooMany ? null : now,
    give_up_at: lateFrom(nowMs),
    finished_at: isTooMany ? now : null,
    because: isTooMany ? `${MOST_EVENTS_WAITING} events wait for this receiver already.` : null,
  });
}

const countWaiting = statement<{ channelId: string }, { waiting: number }>((db, { channelId }) =>
  db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('channel_id', '=', channelId)
    .where('state', '=', 'waiting'),
);

async function waitingOf(tx: StoreTransaction, channelId: string): Promise<number> {
  const [row] = (await countWaiting(tx, { channelId })).rows;
  return Number(row?.waiting ?? 0);
}

/** What is not on its way yet will not be told. */
export async function withdraw(
  tx: StoreTransaction,
  now: string,
  of: { readonly channelId: string; readonly alertId?: number },
  only: 'held' | 'all',
  because: string,
): Promise<void> {
  const { channelId, alertId } = of;
  await tx
    .updateTable('deliveries')
    .set({ state: 'not_told', because, finished_at: now, due_at: null })
    .where('channel_id', '=', channelId)
    .where('state', 'in', only === 'held' ? ['held'] : ['waiting', 'held'])
    .where('message_id', 'is', null)
    .$if(alertId !== undefined, (query) => query.where('alert_id', '=', alertId ?? 0))
    .execute();
}
