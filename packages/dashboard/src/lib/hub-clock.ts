import { useSyncExternalStore } from 'react';

/**
 * The one clock of the page. Ages and countdowns are told by the hub's clock, so that a browser whose clock is wrong
 * does not call a fresh reading old. It ticks once a second, and only while something on the page shows a time.
 */
let hubAheadMs = 0;
let tickedAtMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** The hub has just told its time. */
export function hubSaid(isoTime: string): void {
  hubAheadMs = Date.parse(isoTime) - Date.now();
}

/** The hub's time at this moment. */
export const hubNowMs = (): number => Date.now() + hubAheadMs;

function tick(): void {
  tickedAtMs = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    tickedAtMs = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A value made from the hub's time, fresh each second; renders again only when the value changes. */
export function useTicking<T extends string | number | boolean | null>(of: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => of(tickedAtMs + hubAheadMs));
}
