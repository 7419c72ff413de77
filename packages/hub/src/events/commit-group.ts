import { CompiledQuery } from 'kysely';
import type { Store, StoreTransaction } from '../store/schema.ts';

/** One commit covers so much work at most, and takes up nothing more after this time: readers wait for it. */
const MOST_WORK = 64;
const TAKES_UP_MS = 20;

type Work<T> = (tx: StoreTransaction) => Promise<T>;

interface Waiting {
  readonly work: Work<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Done = { readonly waiting: Waiting } & ({ readonly value: unknown } | { readonly error: unknown });

/**
 * Runs transactions of the store one after the other. A commit costs a sync of the disk, so those that come in at once,
 * or while one is under way, share the next:
 *
 *   a turn of the event loop ─► begin ─► savepoint ─► work ─┬─ done ───► release ─────────┬─► next work, or commit
 *                                                           └─ failed ─► back to savepoint┘      ─► everybody is answered
 *
 * The turn is for the others: on SQLite a transaction ends before the process has read its sockets again, and nobody
 * would ever come in meanwhile.
 *
 * Work that fails takes back its own changes alone. Nobody is answered before the commit, not even who was refused: the
 * reason may be a change that is not committed yet. When the commit fails, all that it covers has failed.
 */
export class CommitGroup {
  readonly #db: Store;
  readonly #takesUpMs: number;
  readonly #waiting: Waiting[] = [];
  #isAtWork = false;

  constructor(db: Store, takesUpMs = TAKES_UP_MS) {
    this.#db = db;
    this.#takesUpMs = takesUpMs;
  }

  /** @returns what the work returned, after it was committed */
  run<T>(work: Work<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
    if (!this.#isAtWork) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#isAtWork = true;
    while (this.#waiting.length > 0) {
      await new Promise((resume) => setImmediate(resume));
      const next = this.#waiting.shift();
      if (next !== undefined) await (this.#waiting.length === 0 ? this.#alone(next) : this.#together(next));
    }
    this.#isAtWork = false;
  }

  async #alone({ work, resolve, reject }: Waiting): Promise<void> {
    await this.#db.transaction().execute(work).then(resolve, reject);
  }

  async #together(first: Waiting): Promise<void> {
    const taken = [first];
    try {
      const tx = await this.#db.startTransaction().execute();
      let done: Done[];
      try {
        done = await this.#workIn(tx, taken);
        await tx.commit().execute();
      } catch (error) {
        // It is over already where the store itself has ended it.
        await tx
          .rollback()
          .execute()
          .catch(() => undefined);
        throw error;
      }
      for (const each of done)
        if ('error' in each) each.waiting.reject(each.error);
        else each.waiting.resolve(each.value);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }

  /** Does the work that waits, and that comes in meanwhile. @throws when the transaction as a whole is broken */
  async #workIn(tx: Controlled, taken: Waiting[]): Promise<Done[]> {
    const beganMs = performance.now();
    const done: Done[] = [];
    for (let next = taken[0]; next !== undefined; ) {
      done.push(await doInSavepoint(tx, next));
      const isEnough = taken.length >= MOST_WORK || performance.now() - beganMs >= this.#takesUpMs;
      next = isEnough ? undefined : this.#waiting.shift();
      if (next !== undefined) taken.push(next);
    }
    return done;
  }
}

type Controlled = Awaited<ReturnType<ReturnType<Store['startTransaction']>['execute']>>;

/** Kysely's own savepoints build a transaction within the transaction for each, which costs more than the statements. */
const [SAVEPOINT, ROLL_BACK, RELEASE] = ['savepoint work', 'rollback to savepoint work', 'release work'].map(
  (text) => CompiledQuery.raw(text),
) as [CompiledQuery, CompiledQuery, CompiledQuery];

async function doInSavepoint(tx: Controlled, waiting: Waiting): Promise<Done> {
  await tx.executeQuery(SAVEPOINT);
  let done: Done;
  try {
    done = { waiting, value: await waiting.work(tx) };
  } catch (error) {
    // Where the store itself has undone everything, as on a full disk, what is told must be that error.
    await tx.executeQuery(ROLL_BACK).catch(() => Promise.reject(error));
    done = { waiting, error };
  }
  await tx.executeQuery(RELEASE);
  return done;
}
