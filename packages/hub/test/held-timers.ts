import { afterEach, beforeEach, type MockInstance, vi } from 'vitest';

/** Timers that ring when the test lets the time pass, and are counted. */
export interface HeldTimers {
  /** The calls of `setTimeout` since it was cleared. */
  readonly armed: MockInstance<typeof setTimeout>;
  /** Whether a timer was set for so many milliseconds; the store of the tests may have timers of its own. */
  isArmedFor(ms: number): boolean;
}

/** Holds the timers in every test of the file that calls it. */
export function holdTimers(): HeldTimers {
  let armed: MockInstance<typeof setTimeout>;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    armed = vi.spyOn(globalThis, 'setTimeout');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  return {
    get armed() {
      return armed;
    },
    isArmedFor: (ms) => armed.mock.calls.some(([, waitMs]) => waitMs === ms),
  };
}
