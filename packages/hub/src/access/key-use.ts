import { type Clock, nowOf } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';

/** The last use of a key is known to this, so that not every request writes. */
const WRITTEN_EVERY_MS = 60_000;

/** Writes down when each key was last used, by itself or by a session that it opened. */
export class KeyUse {
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #writtenMs = new Map<string, number>();

  constructor(db: Store, clock: Clock, logger: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#logger = logger;
  }

  async record(keyId: string): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const writtenMs = this.#writtenMs.get(keyId);
    // A clock that was set back is a change like any other.
    if (writtenMs !== undefined && Math.abs(nowMs - writtenMs) < WRITTEN_EVERY_MS) return;
    this.#writtenMs.set(keyId, nowMs);
    try {
      await this.#db
        .updateTable('api_keys')
        .set({ last_used_at: nowOf(this.#clock) })
        .where('key_id', '=', keyId)
        .execute();
    } catch (error) {
      // With a full disk people must still be able to look.
      this.#logger.warn({ err: error, key_id: keyId }, 'the use of a key could not be written down');
    }
  }
}
