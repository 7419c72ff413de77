import { type Clock, timestamp } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Store } from '../../store/schema.ts';
import type { Tier, Tiers } from './tiers.ts';

const EVERY_MS = 10 * 60_000;
/** A batch is one short transaction; other writers get their turn between two. */
const BATCH = 200;

/**
 * Removes the blocks of each tier that have been kept for as long as they are to be. One that is open stays until the next tier was
 * made out of it, however old: after a long time without a hub there is nothing else that knows of its readings.
 */
export class MetricRetention implements AsyncDisposable {
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #tiers: Tiers;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(parts: { db: Store; clock: Clock; logger: Logger; tiers: Tiers }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#tiers = parts.tiers;
    this.#logger = parts.logger;
  }

  start(): void {
    this.#working = this.prune().then(
      () => undefined,
      (error: unknown) => this.#logger.error({ err: error }, 'old readings could not be removed'),
    );
    this.#timer = setTimeout(() => this.start(), EVERY_MS);
  }

  /** Removes all that is due, batch by batch. @returns how many blocks */
  async prune(): Promise<number> {
    let removed = 0;
    const servers = await this.#db.selectFrom('servers').select('server_id').execute();
    for (const { server_id } of servers)
      for (const tier of this.#tiers) removed += await this.#pruneServer(server_id, tier);
    return removed;
  }

  async #pruneServer(serverId: string, { stepMs, blockMs, keptMs }: Tier): Promise<number> {
    // All of a block is too old when its last step is.
    const before = timestamp(this.#clock.nowMs() - keptMs - blockMs);
    let removed = 0;
    for (let batch = BATCH; batch === BATCH && !this.#isDisposed; removed += batch) {
      const due = await this.#db
        .selectFrom('metric_blocks')
        .select('at')
        .where('server_id', '=', serverId)
        .where('step_ms', '=', stepMs)
        .where('is_open', '=', 0)
        .where('at', '<', before)
        .orderBy('at')
        .limit(BATCH)
        .execute();
      batch = due.length;
      const newest = due.at(-1);
      if (newest === undefined) break;
      await this.#db
        .deleteFrom('metric_blocks')
        .where('server_id', '=', serverId)
        .where('step_ms', '=', stepMs)
        .where('is_open', '=', 0)
        .where('at', '<=', newest.at)
        .execute();
      await new Promise((resume) => setImmediate(resume));
    }
    return removed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }
}
