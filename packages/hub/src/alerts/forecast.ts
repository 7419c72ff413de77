import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Logger } from '../lib/log.ts';
import type { AlertEngine } from './engine.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Less is no week, and no line. */
const LEAST_POINTS = 24;
const LEAST_SPAN_MS = 2 * DAY_MS;
/** Said of a disk that does not fill, or so slowly that nobody has to think of it. */
export const NEVER_DAYS = 10_000;

export interface Point {
  readonly atMs: number;
  readonly percent: number;
}

/**
 * In how many days a disk is full, by the line through the middle of its points (Theil–Sen): a day on which much was written
 * or removed does not turn it. `null`: there is too little to say.
 */
export function daysUntilFull(points: readonly Point[]): number | null {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < LEAST_POINTS) return null;
  if (last.atMs - first.atMs < LEAST_SPAN_MS) return null;
  const slopes: number[] = [];
  for (const [n, a] of points.entries())
    for (const b of points.slice(n + 1))
      if (b.atMs > a.atMs) slopes.push((b.percent - a.percent) / (b.atMs - a.atMs));
  const perDay = median(slopes) * DAY_MS;
  if (perDay <= 0) return NEVER_DAYS;
  return Math.min(NEVER_DAYS, Math.max(0, (100 - last.percent) / perDay));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export interface ForecastParts {
  readonly alerts: AlertEngine;
  readonly logger: Logger;
  /** Of each disk of each server that is there: its means of an hour, of the last week, oldest first. */
  readonly diskHistory: () => Promise<ReadonlyMap<string, ReadonlyMap<string, readonly Point[]>>>;
}

/** Looks at the history of all disks once an hour. */
export class DiskForecasts implements AsyncDisposable {
  readonly #parts: ForecastParts;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(parts: ForecastParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#working = this.look().catch((error: unknown) =>
      this.#parts.logger.error(
        { err: error },
        'when disks will be full could not be judged; it is tried again',
      ),
    );
    if (!this.#isDisposed) this.#timer = setTimeout(() => this.start(), HOUR_MS);
  }

  async look(): Promise<void> {
    for (const [serverId, disks] of await this.#parts.diskHistory()) {
      if (this.#isDisposed) return;
      const readings = [...disks].flatMap(([subject, points]) => {
        const value = daysUntilFull(points);
        return value === null ? [] : [{ subject, value }];
      });
      await this.#parts.alerts.readings('disk_filling', serverId, readings);
      await turnOfOthers();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }
}
