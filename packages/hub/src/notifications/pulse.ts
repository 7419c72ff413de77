import { type Clock, nowOf } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Ask } from '../lib/outgoing/ask.ts';
import type { Store } from '../store/schema.ts';
import type { Safe } from './channels-kept.ts';
import { allHeartbeats, type HeartbeatRow } from './heartbeats.ts';
import { sentenceOf } from './sending/http.ts';

export interface PulseParts {
  readonly db: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly safe: Safe;
  readonly ask: Ask;
}

/**
 * Says to somebody else, again and again, that this hub is well, so that they notice when it says so no more. Each time the store is
 * written first: a hub that cannot write is not well, and says nothing.
 */
export class Pulse implements AsyncDisposable {
  readonly #parts: PulseParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #stop = new AbortController();
  #starts = 0;
  readonly #sending = new Set<Promise<void>>();

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  /** Reads what is to be asked: at the start, and when somebody has changed it. Each is asked now, and then at its times. */
  async start(): Promise<void> {
    this.#starts += 1;
    const mine = this.#starts;
    const rows = await allHeartbeats(this.#parts.db);
    // Whoever begins later has read what is newer.
    if (mine !== this.#starts) return;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const row of rows) if (row.enabled === 1) this.#beat(row);
  }

  #beat(row: HeartbeatRow): void {
    if (this.#stop.signal.aborted) return;
    const id = row.heartbeat_id;
    this.#timers.set(
      id,
      setTimeout(() => this.#beat(row), Number(row.every_ms)),
    );
    const sending = this.#send(row)
      .catch((error: unknown) =>
        this.#parts.logger.error(
          { err: error, heartbeat: row.name },
          'the hub could not say that it is well',
        ),
      )
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async #send({ heartbeat_id, url_shut }: HeartbeatRow): Promise<void> {
    const { db, clock, safe } = this.#parts;
    const change = db.updateTable('heartbeats').where('heartbeat_id', '=', heartbeat_id);
    const { numUpdatedRows } = await change.set({ tried_at: nowOf(clock) }).executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    const url = safe.open(url_shut, heartbeat_id);
    const because =
      url === null ? 'The hub cannot open its address any more. Enter it again.' : await this.#ask(url);
    if (this.#stop.signal.aborted) return;
    const now = nowOf(clock);
    await change
      .set((eb) =>
        because === null
          ? { last_sent_at: now, failures: 0 }
          : { last_failed_at: now, last_failure: because, failures: eb('failures', '+', 1) },
      )
      .execute();
  }

  /** @returns why it did not arrive; `null` if it did */
  async #ask(url: string): Promise<string | null> {
    try {
      const { status } = await this.#parts.ask(url, { signal: this.#stop.signal });
      return status >= 200 && status < 300 ? null : `The receiver answered ${status}.`;
    } catch (cause) {
      return sentenceOf(cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#sending);
  }
}
