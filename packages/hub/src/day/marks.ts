import {
  ACTION_KINDS,
  type ActionKind,
  type DayMark,
  type EventData,
  type FleetDay,
  type KindContract,
  findingWords,
  findingOf,
  needsAttention,
} from '@homelabcmd/protocol';
import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { Insertable } from 'kysely';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { type Clock, nowOf, timestamp } from '../lib/clock.ts';
import type { Schema, Store, StoreTransaction } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

const FOLLOWER = 'day';
const DAY_MS = 86_400_000;
const FORGETS_EVERY_MS = 3_600_000;

type Service = EventData<'service.changed'>['service'];

/** What an event means for the marks. */
type Change = (tx: StoreTransaction) => Promise<void>;

/**
 * Marks on the day of the fleet: a durable follower of the log.
 *
 *   service needs attention ──► mark without end ──► it no longer does ──► mark with an end
 *   server offline ──► mark without end ──► online ──► mark with an end
 *   action completed, failed or unknown ──► mark of one moment
 */
export class DayMarks {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #clock: Clock;
  /** Marks that last: by server and target, where a server's own has no target. */
  #lasting: ReadonlySet<string>;
  /** As long as the events are there: charts show marks, too. */
  readonly #keptDays: number;
  #forgottenMs = 0;

  private constructor(
    { db, log, clock, keptDays }: { db: Store; log: EventLog; clock: Clock; keptDays: number },
    lasting: ReadonlySet<string>,
  ) {
    this.#db = db;
    this.#log = log;
    this.#clock = clock;
    this.#keptDays = keptDays;
    this.#lasting = lasting;
  }

  static async open(db: Store, log: EventLog, clock: Clock, keptDays: number): Promise<DayMarks> {
    const lasting = await db
      .selectFrom('day_marks')
      .select(['server_id', 'target'])
      .where('until', 'is', null)
      .execute();
    const keys = lasting.map(({ server_id, target }) => keyOf(server_id, target));
    return new DayMarks({ db, log, clock, keptDays }, new Set(keys));
  }

  cursor(): Promise<number> {
    return openCursor(this.#db, FOLLOWER);
  }

  async takeAll(events: readonly StoredEvent[]): Promise<void> {
    const lasting = new Set(this.#lasting);
    const changes = events.flatMap((event) => changeBy(event, lasting) ?? []);
    const last = events.at(-1);
    // An event that changes no mark can be taken in again without harm.
    if (last === undefined || (changes.length === 0 && !events.some(({ id }) => isCursorDue(id)))) return;
    await this.#log.transaction(async ({ tx, now }) => {
      for (const change of changes) await change(tx);
      await this.#forgetOld(tx, Date.parse(now));
      await writeCursor(tx, FOLLOWER, last.id);
    });
    // After the commit: what is in memory never says more than the store.
    this.#lasting = lasting;
  }

  async #forgetOld(tx: StoreTransaction, nowMs: number): Promise<void> {
    if (Math.abs(nowMs - this.#forgottenMs) < FORGETS_EVERY_MS) return;
    await tx
      .deleteFrom('day_marks')
      .where('until', '<', timestamp(nowMs - Math.max(2, this.#keptDays) * DAY_MS))
      .execute();
    this.#forgottenMs = nowMs;
  }

  /** The last 24 hours, oldest first. */
  async day(): Promise<FleetDay> {
    const fromMs = this.#clock.nowMs() - DAY_MS;
    const rows = await this.#db
      .selectFrom('day_marks')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb('at', '>=', timestamp(fromMs)),
          eb('until', 'is', null),
          eb('until', '>=', timestamp(fromMs)),
        ]),
      )
      .orderBy('event_id')
      .execute();
    const marks = rows.map(({ target: _, ...mark }): DayMark => mark);
    return { from: timestamp(fromMs), to: nowOf(this.#clock), marks };
  }
}

/** Keeps `lasting` as it is after this event. */
function changeBy(event: StoredEvent, lasting: Set<string>): Change | null {
  switch (event.type) {
    case 'service.changed': {
      const { service } = JSON.parse(event.dataJson) as EventData<'service.changed'>;
      return lasts(event, lasting, service.target, needsAttention(service), () => ({
        kind: 'service_down',
        service_name: service.service_name,
        detail: wordOf(service),
      }));
    }
    case 'service.removed': {
      const { target } = JSON.parse(event.dataJson) as EventData<'service.removed'>;
      return lasts(event, lasting, target, false, () => NOTHING);
    }
    case 'server.changed': {
      const { liveness } = (JSON.parse(event.dataJson) as EventData<'server.changed'>).server;
      if (liveness === 'stale') return null;
      return lasts(event, lasting, null, liveness === 'offline', () => ({
        kind: 'server_offline',
        service_name: null,
        detail: 'Offline',
      }));
    }
    case 'server.deleted':
      return endsAll(event, lasting);
    case 'action.completed':
    case 'action.failed':
    case 'action.unknown': {
      const { action } = JSON.parse(event.dataJson) as EventData<'action.completed'>;
      const mark = {
        kind: 'restart',
        service_name: action.service_name,
        action_id: action.action_id,
        until: event.at,
        detail: endInWords(event.type, action.action_type),
      } as const;
      return (tx) => insertMark(tx, event, null, mark);
    }
    default:
      return null;
  }
}

function lasts(
  event: StoredEvent,
  lasting: Set<string>,
  target: string | null,
  isSo: boolean,
  mark: () => Pick<DayMark, 'kind' | 'service_name' | 'detail'>,
): Change | null {
  const key = keyOf(event.serverId, target);
  if (isSo === lasting.has(key)) return null;
  if (!isSo) {
    lasting.delete(key);
    return (tx) => endMark(tx, event, target);
  }
  lasting.add(key);
  return (tx) => insertMark(tx, event, target, { ...mark(), action_id: null, until: null });
}

/**
 * The store drops a server's marks with the server. A log that is read later than it was written gave them to the
 * server that has that name now, so what was before goes here too.
 */
function endsAll({ id, serverId }: StoredEvent, lasting: Set<string>): Change {
  for (const key of lasting) if (key.startsWith(`${serverId} `)) lasting.delete(key);
  return async (tx) => {
    await tx.deleteFrom('day_marks').where('server_id', '=', serverId).where('event_id', '<', id).execute();
  };
}

const NOTHING = { kind: 'service_down', service_name: null, detail: '' } as const;

/** How an action ended, in the words of its kind. */
function endInWords(type: 'action.completed' | 'action.failed' | 'action.unknown', kind: ActionKind): string {
  const { imperative, noun, past }: KindContract = ACTION_KINDS[kind];
  switch (type) {
    case 'action.completed':
      return past.charAt(0).toUpperCase() + past.slice(1);
    case 'action.failed':
      return `${imperative} failed`;
    case 'action.unknown':
      return `Outcome of a ${noun} unknown`;
  }
}

const keyOf = (serverId: string, target: string | null): string => `${serverId} ${target ?? ''}`;

function wordOf(service: Service): string {
  const words = findingWords(findingOf(service));
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const knownServer = statement<{ serverId: string }, { server_id: string }>((db, { serverId }) =>
  db.selectFrom('servers').select('server_id').where('server_id', '=', serverId),
);
const insertRow = statement<Insertable<Schema['day_marks']>>((db, row) =>
  db
    .insertInto('day_marks')
    .values(row)
    .onConflict((conflict) => conflict.column('event_id').doNothing()),
);

async function insertMark(
  tx: StoreTransaction,
  { id, at, serverId }: StoredEvent,
  target: string | null,
  mark: Omit<DayMark, 'event_id' | 'at' | 'server_id'>,
): Promise<void> {
  // What happened to a server that has been deleted since is not shown.
  const { rows } = await knownServer(tx, { serverId });
  if (rows.length > 0) await insertRow(tx, { event_id: id, at, server_id: serverId, target, ...mark });
}

async function endMark(
  tx: StoreTransaction,
  { at, serverId }: StoredEvent,
  target: string | null,
): Promise<void> {
  await tx
    .updateTable('day_marks')
    .set({ until: at })
    .where('server_id', '=', serverId)
    .where('target', target === null ? 'is' : '=', target)
    .where('until', 'is', null)
    .execute();
}
