import type { Alert, EventData, EventType } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { isCursorDue, openCursor, writeCursor } from '../../events/cursor.ts';
import type { EventLog, StoredEvent } from '../../events/log.ts';
import { timestamp } from '../../lib/clock.ts';
import type { Schema, Store, StoreTransaction } from '../../store/schema.ts';
import { allChannels, type KeptChannel, settingsFor } from '../channels-kept.ts';
import { type Decision, decide, type Earlier, isRouted } from './decide.ts';
import { insertAlert, insertEvent, withdraw } from './insert.ts';

const FOLLOWER = 'notifications';
const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;
/** With each batch at most so many go that are too old: others wait for this one. */
const FORGOTTEN_AT_ONCE = 200;

/** An alert that was never told has nothing to be told of. */
const SAYS_NOTHING: readonly EventType[] = ['alert.pending', 'alert.forgotten'];
const isOfAlert = (type: EventType): boolean => type.startsWith('alert.') && !SAYS_NOTHING.includes(type);

export interface OutboxParts {
  readonly db: Store;
  readonly log: EventLog;
  /** Told after the commit, for which channels there is something. */
  readonly written: (channelIds: ReadonlySet<string>) => void;
}

/**
 * Writes down who is to be told of what: a durable follower of the log. The rows and how far it is are one commit, and a fact that
 * is read twice has its row already.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  /** Channels that follow events: most facts are for none of them, and then nothing is asked of the store. */
  #followers: readonly KeptChannel[] = [];

  private constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  static async open(parts: OutboxParts): Promise<Outbox> {
    const outbox = new Outbox(parts);
    await outbox.channelsChanged();
    return outbox;
  }

  cursor(): Promise<number> {
    return openCursor(this.#parts.db, FOLLOWER);
  }

  /** Call it when a channel was made, changed or removed. */
  async channelsChanged(): Promise<void> {
    this.#followers = (await allChannels(this.#parts.db)).filter(
      ({ isEnabled, kind }) => isEnabled && kind.tells === 'events',
    );
  }

  async takeAll(events: readonly StoredEvent[]): Promise<void> {
    const last = events.at(-1);
    const wanted = events.filter((event) => this.#isWanted(event));
    if (last === undefined || (wanted.length === 0 && !events.some(({ id }) => isCursorDue(id)))) return;
    const touched = await this.#parts.log.transaction(async ({ tx, now }) => {
      const channels = new Set<string>();
      if (wanted.length > 0) {
        const writer = new Writer(tx, now, await allChannels(tx), channels);
        for (const event of wanted) await writer.take(event);
        await forgetOld(tx, Date.parse(now));
      }
      await writeCursor(tx, FOLLOWER, last.id);
      return channels;
    });
    if (touched.size > 0) this.#parts.written(touched);
  }

  #isWanted({ type }: StoredEvent): boolean {
    return isOfAlert(type) || type === 'server.deleted' || this.#followers.some((one) => wants(one, type));
  }
}

/** A setting that decides what is sent is no secret. */
const wants = (channel: KeptChannel, type: string): boolean =>
  channel.kind.tells === 'events' && channel.kind.wants(settingsFor(channel, {}), type);

/** One batch of facts, within its transaction. */
class Writer {
  readonly #tx: StoreTransaction;
  readonly #now: string;
  readonly #channels: readonly KeptChannel[];
  readonly #touched: Set<string>;
  /** When each channel stops gathering, as this batch has it. */
  readonly #gathersUntil: Map<string, string | null>;

  constructor(tx: StoreTransaction, now: string, channels: readonly KeptChannel[], touched: Set<string>) {
    this.#tx = tx;
    this.#now = now;
    this.#channels = channels.filter(({ isEnabled }) => isEnabled);
    this.#touched = touched;
    this.#gathersUntil = new Map(channels.map(({ channelId, gathersUntil }) => [channelId, gathersUntil]));
  }

  async take(event: StoredEvent): Promise<void> {
    const channels = this.#channels.filter(({ afterEvent }) => afterEvent < event.id);
    for (const channel of channels) {
      if (!wants(channel, event.type)) continue;
      await insertEvent(this.#tx, this.#now, channel, event);
      this.#touched.add(channel.channelId);
    }
    if (event.type === 'server.deleted') await this.#serverDeleted(event.serverId);
    if (!isOfAlert(event.type)) return;
    const { alert } = JSON.parse(event.dataJson) as EventData<'alert.fired'>;
    const tags = await tagsOf(this.#tx, alert.server_id);
    const rows = await earlierOf(this.#tx, alert);
    for (const channel of channels) {
      if (channel.kind.tells !== 'alerts') continue;
      const earlier = rows.get(channel.channelId) ?? [];
      // Read once more after a commit of which nobody knew whether it was done.
      if (earlier.some(({ eventId }) => eventId >= event.id)) continue;
      const decision = decide(event.type, alert, isRouted(channel.routing, alert, tags), earlier);
      await this.#do(channel, event, alert, decision);
    }
  }

  async #do(channel: KeptChannel, event: StoredEvent, alert: Alert, decision: Decision): Promise<void> {
    const { channelId } = channel;
    const of = { channelId, alertId: alert.alert_id };
    if (decision.do === 'nothing') return;
    if (decision.do === 'withdraw') {
      await withdraw(this.#tx, this.#now, of, decision.only, decision.because);
      return;
    }
    if (decision.do === 'tell')
      await withdraw(this.#tx, this.#now, of, 'held', 'It is told with what came later.');
    const because = decision.do === 'note' ? decision.because : null;
    const gathersUntil = this.#gathersUntil.get(channelId) ?? null;
    const given = { channel, event, alert, occasion: decision.occasion, because, gathersUntil };
    this.#gathersUntil.set(channelId, await insertAlert(this.#tx, this.#now, given));
    this.#touched.add(channelId);
  }

  async #serverDeleted(serverId: string): Promise<void> {
    await this.#tx
      .updateTable('deliveries')
      .set({ state: 'not_told', because: 'The server was removed.', finished_at: this.#now, due_at: null })
      .where('server_id', '=', serverId)
      .where('alert_id', 'is not', null)
      .where('state', 'in', ['waiting', 'held'])
      .where('message_id', 'is', null)
      .execute();
  }
}

async function tagsOf(tx: StoreTransaction, serverId: string | null): Promise<string[]> {
  if (serverId === null) return [];
  const row = await tx
    .selectFrom('servers')
    .select('tags_json')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  return row === undefined ? [] : (JSON.parse(row.tags_json) as string[]);
}

type Row = Pick<
  Selectable<Schema['deliveries']>,
  'channel_id' | 'event_id' | 'occasion' | 'state' | 'message_id'
>;

async function earlierOf(
  tx: StoreTransaction,
  { alert_id }: Alert,
): Promise<Map<string, (Earlier & { eventId: number })[]>> {
  const rows: Row[] = await tx
    .selectFrom('deliveries')
    .select(['channel_id', 'event_id', 'occasion', 'state', 'message_id'])
    .where('alert_id', '=', alert_id)
    .execute();
  const all = rows.map((row) => ({
    ...{ channelId: row.channel_id, eventId: Number(row.event_id), occasion: row.occasion },
    ...{ state: row.state, isClaimed: row.message_id !== null },
  }));
  return Map.groupBy(all, ({ channelId }) => channelId);
}

async function forgetOld(tx: StoreTransaction, nowMs: number): Promise<void> {
  const before = timestamp(nowMs - KEPT_DAYS * DAY_MS);
  const due = await tx
    .selectFrom('deliveries')
    .select('delivery_id')
    .where('finished_at', '<', before)
    // Whoever was told of an alert that goes on is yet to be told that it is over.
    .where((eb) =>
      eb.or([
        eb('occasion', 'in', ['repeated', 'event']),
        eb.not(
          eb.exists(
            eb
              .selectFrom('alerts')
              .select('alerts.alert_id')
              .whereRef('alerts.alert_id', '=', 'deliveries.alert_id')
              .where('alerts.state', '<>', 'resolved'),
          ),
        ),
      ]),
    )
    .limit(FORGOTTEN_AT_ONCE)
    .execute();
  if (due.length === 0) return;
  await tx
    .deleteFrom('deliveries')
    .where(
      'delivery_id',
      'in',
      due.map(({ delivery_id }) => delivery_id),
    )
    .execute();
}
