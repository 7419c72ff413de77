import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import type { Store, StoreTransaction } from '../store/schema.ts';
import { dayOf } from './days.ts';
import { keyOf, type Outcome, type Spell, SpellCounter } from './spells.ts';

const FOLLOWER = 'service-history';
const DAY_MS = 86_400_000;
/** With each batch at most so many changes go that are too old: others wait for this one. */
const FORGOTTEN_AT_ONCE = 200;
const ROWS_AT_ONCE = 500;

export interface Kept {
  /** As long as the events are there. */
  readonly changesDays: number;
  readonly availabilityMs: number;
}

/** Writes down what becomes of each service: a durable follower of the log. What it writes and how far it is, are one commit. */
export class ServiceHistory {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #kept: Kept;
  #spells: Map<string, Spell>;
  /** Whether the last commit may have been done though nobody has heard so: then the store knows how far it is. */
  #isUnsure = false;

  private constructor(db: Store, log: EventLog, kept: Kept, spells: Map<string, Spell>) {
    this.#db = db;
    this.#log = log;
    this.#kept = kept;
    this.#spells = spells;
  }

  static async open(db: Store, log: EventLog, kept: Kept): Promise<ServiceHistory> {
    return new ServiceHistory(db, log, kept, await readSpells(db));
  }

  cursor(): Promise<number> {
    return openCursor(this.#db, FOLLOWER);
  }

  async takeAll(given: readonly StoredEvent[]): Promise<void> {
    const events = this.#isUnsure ? await this.#notTakenOf(given) : given;
    const counter = new SpellCounter(this.#spells);
    for (const event of events) counter.take(event);
    const { outcome } = counter;
    const last = events.at(-1);
    // An event that changes nothing here can be taken in again without harm.
    const isNothing = outcome.spells.size === 0 && outcome.deleted.size === 0;
    if (last === undefined || (isNothing && !events.some(({ id }) => isCursorDue(id)))) return;
    this.#isUnsure = true;
    await this.#log.transaction(async ({ tx, now }) => {
      await writeOutcome(tx, outcome);
      await this.#forgetOld(tx, Date.parse(now), outcome);
      await writeCursor(tx, FOLLOWER, last.id);
    });
    this.#isUnsure = false;
    // After the commit: what is in memory never says more than the store.
    for (const [key, spell] of outcome.spells) {
      if (spell === null) this.#spells.delete(key);
      else this.#spells.set(key, spell);
    }
  }

  /** Time must not be counted twice: what stands in the store is read again, and what it holds is not taken in once more. */
  async #notTakenOf(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const cursor = await this.cursor();
    this.#spells = await readSpells(this.#db);
    this.#isUnsure = false;
    return events.filter(({ id }) => id > cursor);
  }

  async #forgetOld(tx: StoreTransaction, nowMs: number, { days }: Outcome): Promise<void> {
    // The oldest, whatever they are: to look for those that are too old would be to look at all, where none is.
    const oldest = await tx
      .selectFrom('service_changes')
      .select(['event_id', 'at'])
      .orderBy('event_id')
      .limit(FORGOTTEN_AT_ONCE)
      .execute();
    const changesBefore = timestamp(nowMs - this.#kept.changesDays * DAY_MS);
    const due = oldest.filter(({ at }) => at < changesBefore).map(({ event_id }) => event_id);
    if (due.length > 0) await tx.deleteFrom('service_changes').where('event_id', 'in', due).execute();
    const before = dayOf(nowMs - this.#kept.availabilityMs);
    const services = new Map([...days.values()].map((one) => [keyOf(one.serverId, one.target), one]));
    for (const { serverId, target } of services.values()) {
      await tx
        .deleteFrom('service_days')
        .where('server_id', '=', serverId)
        .where('target', '=', target)
        .where('day', '<', before)
        .execute();
    }
  }
}

async function readSpells(db: Store): Promise<Map<string, Spell>> {
  const rows = await db.selectFrom('service_spells').selectAll().execute();
  return new Map(
    rows.map((row) => [
      keyOf(row.server_id, row.target),
      {
        ...{ serverId: row.server_id, target: row.target, seen: row.seen },
        ...{ reported: row.reported, countedAs: row.counted_as, sinceMs: Date.parse(row.since) },
      },
    ]),
  );
}

async function writeOutcome(tx: StoreTransaction, outcome: Outcome): Promise<void> {
  const { spells, changes, days } = outcome;
  await forgetDeleted(tx, outcome);
  // A server may have been deleted since, and another made that is called the same.
  const rows = await tx.selectFrom('servers').select('server_id').execute();
  const known = new Set(rows.map(({ server_id }) => server_id));
  const there = [...spells].filter(([, spell]) => spell === null || known.has(spell.serverId));
  for (const [key, spell] of there) {
    if (spell !== null) continue;
    const [serverId = '', ...target] = key.split(' ');
    await tx
      .deleteFrom('service_spells')
      .where('server_id', '=', serverId)
      .where('target', '=', target.join(' '))
      .execute();
  }
  const standing = there.flatMap(([, spell]) => (spell === null ? [] : [rowOf(spell)]));
  for (const some of inParts(standing)) {
    await tx
      .insertInto('service_spells')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['server_id', 'target']).doUpdateSet((eb) => ({
          ...{ seen: eb.ref('excluded.seen'), reported: eb.ref('excluded.reported') },
          ...{ counted_as: eb.ref('excluded.counted_as'), since: eb.ref('excluded.since') },
        })),
      )
      .execute();
  }
  for (const some of inParts(changes.filter(({ server_id }) => known.has(server_id)))) {
    await tx
      .insertInto('service_changes')
      .values(some)
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .execute();
  }
  await writeDays(
    tx,
    [...days.values()].filter(({ serverId }) => known.has(serverId)),
  );
}

/**
 * The store drops what is of a server with the server. A log that is read later than it was written has given it to the
 * server that has that name now.
 */
async function forgetDeleted(tx: StoreTransaction, { deleted }: Outcome): Promise<void> {
  for (const [serverId, eventId] of deleted) {
    await tx
      .deleteFrom('service_changes')
      .where('server_id', '=', serverId)
      .where('event_id', '<', eventId)
      .execute();
    for (const table of ['service_days', 'service_spells'] as const)
      await tx.deleteFrom(table).where('server_id', '=', serverId).execute();
  }
}

type Days = Outcome['days'] extends Map<string, infer Day> ? Day : never;

async function writeDays(tx: StoreTransaction, days: readonly Days[]): Promise<void> {
  const rows = days.map(({ serverId, target, day, times }) => ({
    server_id: serverId,
    target,
    day,
    ...times,
  }));
  for (const some of inParts(rows)) {
    await tx
      .insertInto('service_days')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['server_id', 'target', 'day']).doUpdateSet((eb) => ({
          running_ms: eb('service_days.running_ms', '+', eb.ref('excluded.running_ms')),
          down_ms: eb('service_days.down_ms', '+', eb.ref('excluded.down_ms')),
          unknown_ms: eb('service_days.unknown_ms', '+', eb.ref('excluded.unknown_ms')),
        })),
      )
      .execute();
  }
}

const rowOf = ({ serverId, target, seen, reported, countedAs, sinceMs }: Spell) => ({
  ...{ server_id: serverId, target, seen, reported, counted_as: countedAs, since: timestamp(sinceMs) },
});

function inParts<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) parts.push(rows.slice(n, n + ROWS_AT_ONCE));
  return parts;
}
