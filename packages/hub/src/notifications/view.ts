import type { Channel, ChannelHealth, Delivery, QueryOf, api } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';
import { type ChannelRow, keptOf } from './channels-kept.ts';

interface Counts {
  readonly waiting: number;
  readonly held: number;
}

/** @throws Refusal `not_found` */
export async function readChannel(db: Store, channelId: string): Promise<Channel> {
  const row = await db
    .selectFrom('channels')
    .selectAll()
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  if (row === undefined) throw new Refusal('not_found', 'There is no such channel');
  return channelOf(row, await countsOf(db));
}

export async function listChannels(db: Store): Promise<Channel[]> {
  const rows = await db.selectFrom('channels').selectAll().orderBy('name').execute();
  const counts = await countsOf(db);
  return rows.map((row) => channelOf(row, counts));
}

function channelOf(row: ChannelRow, counts: ReadonlyMap<string, Counts>): Channel {
  const kept = keptOf(row);
  const { channelId, name, kindId, isEnabled, plain, routing, quiet } = kept;
  return {
    ...{ channel_id: channelId, name, kind: kindId, enabled: isEnabled, settings: plain },
    secrets: JSON.parse(row.secret_names_json) as string[],
    ...{ routing, quiet_hours: quiet, health: healthOf(row, counts.get(channelId)) },
    ...{ created_at: row.created_at, created_by: row.created_by },
    ...{ changed_at: row.changed_at, changed_by: row.changed_by },
  };
}

function healthOf(row: ChannelRow, counts: Counts = { waiting: 0, held: 0 }): ChannelHealth {
  const { last_delivered_at, last_failed_at, last_failure } = row;
  const failures = Number(row.failures);
  const isUsed = last_delivered_at !== null || last_failed_at !== null;
  const state = failures > 0 ? 'failing' : isUsed ? 'well' : 'unused';
  return { state, last_delivered_at, last_failed_at, last_failure, failures, ...counts };
}

async function countsOf(db: Store): Promise<Map<string, Counts>> {
  const rows = await db
    .selectFrom('deliveries')
    .select((eb) => ['channel_id', 'state', eb.fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'held'])
    .groupBy(['channel_id', 'state'])
    .execute();
  const counts = new Map<string, Counts>();
  for (const { channel_id, state, count } of rows) {
    const known = counts.get(channel_id) ?? { waiting: 0, held: 0 };
    counts.set(channel_id, { ...known, [state]: Number(count) });
  }
  return counts;
}

type DeliveryRow = Selectable<Schema['deliveries']> & { channel: string };

/** Newest first. */
export async function listDeliveries(db: Store, query: QueryOf<typeof api.listDeliveries>) {
  const { limit, offset, channel_id, alert_id, state } = query;
  const all = db
    .selectFrom('deliveries')
    .$if(channel_id !== undefined, (some) => some.where('deliveries.channel_id', '=', channel_id ?? ''))
    .$if(alert_id !== undefined, (some) => some.where('alert_id', '=', alert_id ?? 0))
    .$if(state !== undefined, (some) => some.where('state', '=', state ?? 'waiting'));
  const { count } = await all.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  const rows = await all
    .innerJoin('channels', 'channels.channel_id', 'deliveries.channel_id')
    .selectAll('deliveries')
    .select('channels.name as channel')
    .orderBy('event_id', 'desc')
    .orderBy('deliveries.channel_id')
    .limit(limit)
    .offset(offset)
    .execute();
  return { deliveries: rows.map(deliveryOf), total: Number(count), limit, offset };
}

const deliveryOf = (row: DeliveryRow): Delivery => ({
  ...{ delivery_id: row.delivery_id, channel_id: row.channel_id, channel: row.channel },
  ...{ event_id: Number(row.event_id), alert_id: row.alert_id === null ? null : Number(row.alert_id) },
  ...{ occasion: row.occasion, title: row.title, state: row.state, message_id: row.message_id },
  ...{ tries: Number(row.tries), created_at: row.created_at, due_at: row.due_at },
  ...{ finished_at: row.finished_at, because: row.because },
});

/** @throws Refusal `not_found` */
export async function readDelivery(db: Store, deliveryId: string): Promise<Delivery> {
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('channels', 'channels.channel_id', 'deliveries.channel_id')
    .selectAll('deliveries')
    .select('channels.name as channel')
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  if (row === undefined) throw new Refusal('not_found', 'There is no such delivery');
  return deliveryOf(row);
}
