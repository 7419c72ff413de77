import { type Clock, timestamp } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 10 * 60_000;
/** A batch is one short transaction; other writers get their turn between two. */
const BATCH = 1000;

/**
 * Removes events that are older than the retention, never one that a durable follower has yet to take in. The newest
 * number that was removed is remembered, so that a stream that asks for older ones is told so.
 */
export class EventRetention implements AsyncDisposable {
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #days: number;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(db: Store, clock: Clock, days: number, logger: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#days = days;
    this.#logger = logger;
  }

  start(): void {
    this.#working = this.prune().then(
      () => undefined,
      (error: unknown) => this.#logger.error({ err: error }, 'old events could not be removed'),
    );
    this.#timer = setTimeout(() => this.start(), EVERY_MS);
  }

  /** Removes all that is due, batch by batch. Answers how many. */
  async prune(): Promise<number> {
    const before = timestamp(this.#clock.nowMs() - this.#days * DAY_MS);
    let removed = 0;
    while (!this.#isDisposed) {
      const batch = await this.#pruneBatch(before);
      removed += batch;
      if (batch < BATCH) break;
      await new Promise((resume) => setImmediate(resume));
    }
    return removed;
  }

  #pruneBatch(before: string): Promise<number> {
    return this.#db.transaction().execute(async (tx) => {
      const { slowest } = await tx
        .selectFrom('follower_cursors')
        .select((eb) => eb.fn.min('event_id').as('slowest'))
        .executeTakeFirstOrThrow();
      const rows = await tx
        .selectFrom('events')
        .select(['id', 'at'])
        .where('id', '<=', slowest ?? 0)
        .orderBy('id')
        .limit(BATCH)
        .execute();
      // Numbers follow each other in time but for a clock that was set back: stop at the first that must stay.
      const firstKept = rows.findIndex((row) => row.at >= before);
      const due = firstKept < 0 ? rows : rows.slice(0, firstKept);
      const newest = due.at(-1);
      if (!newest) return 0;
      await tx.deleteFrom('events').where('id', '<=', newest.id).execute();
      await tx.updateTable('hub_counters').set({ last: newest.id }).where('name', '=', 'pruned').execute();
      return due.length;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }
}

/** The newest event that is gone for ever; 0 while all are there. */
export async function newestPruned(db: Store): Promise<number> {
  const row = await db
    .selectFrom('hub_counters')
    .select('last')
    .where('name', '=', 'pruned')
    .executeTakeFirstOrThrow();
  return row.last;
}
