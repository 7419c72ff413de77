const FIRST_MS = 1000;
const LONGEST_MS = 15 * 60_000;
/** So that not all that failed at one moment comes back at one moment. */
const JITTER = 0.2;

/** After this a message is given up. */
export const GIVES_UP_AFTER_MS = 86_400_000;
/** What comes within this time after a message is told together in the next. */
export const GATHERS_MS = 10_000;
/** A message that was tried so often lets those of other alerts pass. */
export const LETS_PASS_AFTER = 4;
/** Of such messages there are at most so many; what comes then is gathered. */
export const MOST_LEFT_BEHIND = 3;
/** At most so many facts in one message. */
export const MOST_TOLD = 30;
/** Of events that a receiver has not taken, at most so many wait. */
export const MOST_EVENTS_WAITING = 10_000;

/**
 * How long until the next try.
 * @param tries how many there were
 * @param chance from 0 to 1
 */
export function pauseMs(tries: number, retryAfterMs: number | null, chance: number): number {
  const doubled = Math.min(FIRST_MS * 2 ** Math.min(tries - 1, 20), LONGEST_MS);
  const spread = doubled * (1 - JITTER + 2 * JITTER * chance);
  return Math.round(Math.max(spread, retryAfterMs ?? 0));
}
