/** The hub's one source of time, so that tests can hold it. */
export interface Clock {
  /** Milliseconds since 1970, by the machine's wall clock. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** RFC 3339 in UTC with milliseconds, the form of every time in the store and on the wire. */
export const timestamp = (epochMs: number): string => new Date(epochMs).toISOString();

export const nowOf = (clock: Clock): string => timestamp(clock.nowMs());
