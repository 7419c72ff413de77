import type { SpellState } from '../store/tables/service-history.ts';

const DAY_MS = 86_400_000;

/** For how long of a day a service was how. */
export interface Times {
  readonly running_ms: number;
  readonly down_ms: number;
  readonly unknown_ms: number;
}

export const NO_TIME: Times = { running_ms: 0, down_ms: 0, unknown_ms: 0 };

export const sumOf = (a: Times, b: Times): Times => ({
  running_ms: a.running_ms + b.running_ms,
  down_ms: a.down_ms + b.down_ms,
  unknown_ms: a.unknown_ms + b.unknown_ms,
});

/** The part of a spell that is in each day, in UTC. A spell that ends before it begins, by a clock that was set back, is none. */
export function byDay(state: SpellState, fromMs: number, toMs: number): [day: string, times: Times][] {
  const parts: [string, Times][] = [];
  if (state === 'not_counted') return parts;
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(startMs / DAY_MS) + 1) * DAY_MS);
    parts.push([dayOf(startMs), { ...NO_TIME, [`${state}_ms`]: endMs - startMs }]);
    startMs = endMs;
  }
  return parts;
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The share of the time observed in which it ran; `null` where nothing was observed. Time unknown is not in it. */
export function availabilityOf({ running_ms, down_ms }: Times): number | null {
  const observedMs = running_ms + down_ms;
  return observedMs === 0 ? null : running_ms / observedMs;
}
