import { Refusal } from '../lib/refusal.ts';

const MINUTE_MS = 60_000;
const MOST_A_MINUTE = 30;

/** A job that pings all the time is refused: each ping is written. */
export class PingPace {
  readonly #pings = new Map<string, { sinceMs: number; count: number }>();

  /** @throws Refusal `too_many` */
  refuseTooMany(job: string, nowMs: number): void {
    const known = this.#pings.get(job);
    const isNew = known === undefined || Math.abs(nowMs - known.sinceMs) >= MINUTE_MS;
    const pings = isNew ? { sinceMs: nowMs, count: 0 } : known;
    if (pings.count >= MOST_A_MINUTE)
      throw new Refusal(
        'too_many',
        `This job pinged ${MOST_A_MINUTE} times within a minute. Let it ping less often.`,
        {
          retry_after_seconds: Math.max(1, Math.ceil((pings.sinceMs + MINUTE_MS - nowMs) / 1000)),
        },
      );
    pings.count += 1;
    this.#pings.set(job, pings);
  }
}
