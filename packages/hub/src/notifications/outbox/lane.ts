import type { EventLog } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Store } from '../../store/schema.ts';
import { findChannel } from '../channels-kept.ts';
import type { Delivering } from '../sending/deliver.ts';
import { nextOf } from './next.ts';
import { claim, record, type Tried } from './record.ts';

export interface LaneParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deliver: Delivering;
  readonly chance?: () => number;
}

/** A timer cannot wait for longer; it then looks again. */
const LONGEST_WAIT_MS = 86_400_000;
/** The store is away: it is asked again after this. */
const AFTER_FAULT_MS = 1000;

/**
 * One channel: one message at a time.
 *
 *   resting ──woken, or a time has come──► at work ──nothing is due──► resting
 */
export class Lane {
  readonly #parts: LaneParts;
  readonly #channelId: string;
  readonly #stop: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | null = null;
  #isWoken = false;
  /** What became of the last try, while the store has not taken it: what was sent is not sent again for that. */
  #tried: Tried | null = null;

  constructor(parts: LaneParts, channelId: string, stop: AbortSignal) {
    this.#parts = parts;
    this.#channelId = channelId;
    this.#stop = stop;
  }

  wake(): void {
    this.#isWoken = true;
    clearTimeout(this.#timer);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      if (this.#isWoken && !this.#stop.aborted) this.wake();
    });
  }

  async ended(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#working;
    clearTimeout(this.#timer);
  }

  async #work(): Promise<void> {
    try {
      while (!this.#stop.aborted) {
        this.#isWoken = false;
        const untilMs = await this.#step();
        if (untilMs === 'at once') continue;
        if (untilMs !== null) this.#wakeIn(untilMs - this.#parts.clock.nowMs());
        if (!this.#isWoken) return;
      }
    } catch (error) {
      this.#parts.logger.error(
        { err: error, channel: this.#channelId },
        'a channel could not go on; it tries again',
      );
      this.#isWoken = false;
      this.#wakeIn(AFTER_FAULT_MS);
    }
  }

  #wakeIn(ms: number): void {
    if (this.#stop.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(ms, 1), LONGEST_WAIT_MS));
  }

  /** @returns when there is something to do; `null`: when it is woken */
  async #step(): Promise<number | 'at once' | null> {
    const { db, log, clock, deliver, chance = Math.random } = this.#parts;
    await this.#writeDown();
    const channel = await findChannel(db, this.#channelId);
    if (channel === null || !channel.isEnabled) return null;
    const isOfEvents = channel.kind.tells === 'events';
    const next = await nextOf(db, this.#channelId, clock.nowMs(), isOfEvents);
    switch (next.do) {
      case 'rest':
        return null;
      case 'wait':
        return next.untilMs;
      case 'claim':
        await claim(log, this.#channelId, next.rows, !isOfEvents);
        return 'at once';
      case 'send': {
        const outcome = await deliver(channel, next.batch, this.#stop);
        // Whether it arrived is not known then: it is sent again, with the same id.
        if (this.#stop.aborted && !outcome.delivered) return null;
        const { channelId, name } = channel;
        this.#tried = { channelId, name, batch: next.batch, outcome, chance: chance() };
        await this.#writeDown();
        return 'at once';
      }
    }
  }

  async #writeDown(): Promise<void> {
    if (this.#tried === null) return;
    await record(this.#parts.log, this.#tried);
    this.#tried = null;
  }
}
