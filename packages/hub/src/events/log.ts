import type { EventData, EventType, LiveEvent } from '@homelabcmd/protocol';
import type { Insertable } from 'kysely';
import { type Clock, timestamp } from '../lib/clock.ts';
import { OF_NO_SERVER, type Schema, type Store, type StoreTransaction } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { StoreUnavailable } from '../store/faults.ts';
import { type AuditNote, auditFact, auditNote, ChainEnd, type Origin } from './audit-trail.ts';
import { CommitGroup } from './commit-group.ts';
import { nextNumber } from './counters.ts';
import { Wakes } from './wakes.ts';

/** A fact as the log keeps it; `dataJson` is what `LiveEvent` calls `data`. */
export interface StoredEvent {
  readonly id: number;
  readonly at: string;
  readonly type: EventType;
  /** `OF_NO_SERVER` for a fact of the hub itself. */
  readonly serverId: string;
  readonly actor: string;
  readonly dataJson: string;
}

/** A fact about to be written: its number and time are known, so that the state can carry them. */
export interface Fact {
  readonly revision: number;
  readonly at: string;
}

export interface FactHead<T extends EventType> {
  readonly type: T;
  readonly serverId: Extract<LiveEvent, { type: T }>['server_id'];
  readonly actor: string;
}

/** A transaction of the store in which facts can be appended beside the state that they describe. */
export interface LogTransaction {
  readonly tx: StoreTransaction;
  readonly now: string;
  /** Takes the next number, lets `write` change the state and say what it is then, appends that as one row, and returns it. */
  append<T extends EventType>(
    head: FactHead<T>,
    write: (fact: Fact) => Promise<EventData<T>>,
  ): Promise<EventData<T>>;
  /** Writes into the audit what no event says, or not in words that last. */
  audit(note: AuditNote): Promise<void>;
}

interface Open {
  readonly tx: StoreTransaction;
  readonly now: string;
  readonly chain: ChainEnd;
  readonly origin: Origin | null;
  readonly appended: StoredEvent[];
}

const BATCH = 500;
const RECENT = 2000;

/**
 * The event log: the nervous system. State and the row that tells of it are committed together; whoever reacts
 * follows the log by cursor. The audit of a fact is in the same transaction. Numbers come from a counter row, whose
 * lock is held until commit, so that the order of numbers is the order of commits on every engine.
 */
export interface EventLog {
  /** The newest committed event. */
  readonly head: number;
  /** Runs `work` in one transaction, whose commit others may share; followers are woken after it, never before. */
  transaction<T>(work: (log: LogTransaction) => Promise<T>): Promise<T>;
  /** The same log, for what somebody does from an address: the audit of what is theirs names it. */
  from(origin: Origin): EventLog;
  /** Call it when facts may have been committed that this log has not heard of: it looks before anybody reads on. */
  lookAgain(): void;
  /** Events after the cursor, oldest first, at most a batch. */
  read(after: number): Promise<readonly StoredEvent[]>;
  /** Every event after the cursor, in order, for ever, until the signal. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<StoredEvent>;
  /** The same, as many at a time as there are, up to a batch. */
  batches(after: number, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]>;
}

export const EventLog = {
  async open(db: Store, clock: Clock): Promise<EventLog> {
    const counter = await db
      .selectFrom('hub_counters')
      .select('last')
      .where('name', '=', 'event')
      .executeTakeFirstOrThrow();
    return new StoredLog(db, clock, counter.last);
  },
};

class StoredLog implements EventLog {
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #commits: CommitGroup;
  #head: number;
  /** Where the transaction that is open adds to the audit, whoever shares it. */
  #chain: ChainEnd | null = null;
  /** The newest events, so that a follower that keeps up never asks the store. */
  #recent: StoredEvent[] = [];
  /** Whether there may be events that are committed and are not told of. */
  #isBehind = false;
  readonly #wakes = new Wakes();

  constructor(db: Store, clock: Clock, head: number) {
    this.#db = db;
    this.#clock = clock;
    this.#commits = new CommitGroup(db);
    this.#head = head;
  }

  get head(): number {
    return this.#head;
  }

  from(origin: Origin): EventLog {
    const head = () => this.#head;
    return {
      get head() {
        return head();
      },
      transaction: (work) => this.transaction(work, origin),
      from: (other) => this.from(other),
      lookAgain: () => this.lookAgain(),
      read: (after) => this.read(after),
      follow: (after, signal) => this.follow(after, signal),
      batches: (after, signal) => this.batches(after, signal),
    };
  }

  async transaction<T>(work: (log: LogTransaction) => Promise<T>, origin: Origin | null = null): Promise<T> {
    const appended: StoredEvent[] = [];
    try {
      const result = await this.#commits.run(async (tx) => {
        appended.length = 0;
        const now = timestamp(this.#clock.nowMs());
        const chain = this.#chainIn(tx);
        return chain.undoneIfFailed(() =>
          work({
            tx,
            now,
            append: (head, write) => this.#append({ tx, now, chain, origin, appended }, head, write),
            audit: (note) => auditNote(chain, now, note, origin),
          }),
        );
      });
      const [first] = appended;
      // The answer to an earlier commit was lost, or the numbers skipped, as after a setback: the store knows which.
      if (first !== undefined && first.id > this.#head + 1) await this.#catchUp().catch(() => {});
      else this.#publish(appended);
      return result;
    } catch (error) {
      // Perhaps it was committed, and only the answer was lost: then followers must hear of it all the same.
      if (error instanceof StoreUnavailable) this.lookAgain();
      throw error;
    }
  }

  lookAgain(): void {
    this.#isBehind = true;
    this.#wakes.wake();
  }

  async read(after: number): Promise<readonly StoredEvent[]> {
    if (this.#isBehind) await this.#catchUp();
    if (after >= this.#head) return [];
    const oldestRecent = this.#recent[0]?.id;
    if (oldestRecent !== undefined && after >= oldestRecent - 1) {
      // Numbers may skip: after a setback they go on far beyond those that were given before.
      const next = this.#recent.findLastIndex(({ id }) => id <= after) + 1;
      return this.#recent.slice(next, next + BATCH);
    }
    return readEvents(this.#db, after);
  }

  async *follow(after: number, signal: AbortSignal): AsyncGenerator<StoredEvent> {
    for await (const events of this.batches(after, signal))
      for (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
  }

  async *batches(after: number, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]> {
    let cursor = after;
    while (!signal.aborted) {
      // Taken before the read: an event that commits between the read and the wait still wakes us.
      const { count } = this.#wakes;
      const batch = await this.read(cursor);
      const newest = batch.at(-1);
      if (newest === undefined) await this.#wakes.after(count, signal);
      else {
        yield batch;
        cursor = newest.id;
      }
    }
  }

  /** Within one transaction nobody else adds to the chain; between two, a command beside this hub may. */
  #chainIn(tx: StoreTransaction): ChainEnd {
    if (this.#chain?.tx !== tx) this.#chain = new ChainEnd(tx);
    return this.#chain;
  }

  async #append<T extends EventType>(
    { tx, now: at, chain, origin, appended }: Open,
    head: FactHead<T>,
    write: (fact: Fact) => Promise<EventData<T>>,
  ): Promise<EventData<T>> {
    const id = await nextNumber(tx, 'event');
    if (id <= this.#head)
      throw new StoreUnavailable(
        `The store is at event ${id - 1}, and this hub has seen event ${this.#head}: an older copy was put in its place. Restart the hub.`,
      );
    const data = await write({ revision: id, at });
    const dataJson = JSON.stringify(data);
    const { type, actor } = head;
    const serverId = head.serverId ?? OF_NO_SERVER;
    await insertEvent(tx, { id, at, type, server_id: serverId, actor, data_json: dataJson });
    const event = { id, at, type, serverId, actor, dataJson };
    await auditFact(chain, event, data, origin);
    appended.push(event);
    return data;
  }

  /** Takes in what was committed and not heard of. What comes in meanwhile by itself is not taken twice. */
  async #catchUp(): Promise<void> {
    this.#isBehind = false;
    try {
      for (;;) {
        const events = await readEvents(this.#db, this.#head);
        this.#publish(events);
        if (events.length < BATCH) return;
      }
    } catch (error) {
      this.lookAgain();
      throw error;
    }
  }

  /** Tells of what was committed, in its order, and of nothing twice. Nothing may be missing between it and the head. */
  #publish(committed: readonly StoredEvent[]): void {
    const events = committed.filter(({ id }) => id > this.#head);
    const newest = events.at(-1);
    if (!newest) return;
    this.#head = newest.id;
    this.#recent.push(...events);
    if (this.#recent.length > 2 * RECENT) this.#recent = this.#recent.slice(-RECENT);
    this.#wakes.wake();
  }
}

const insertEvent = statement<Insertable<Schema['events']>>((db, row) => db.insertInto('events').values(row));

async function readEvents(db: Store, after: number): Promise<readonly StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    type: row.type as EventType,
    serverId: row.server_id,
    actor: row.actor,
    dataJson: row.data_json,
  }));
}
