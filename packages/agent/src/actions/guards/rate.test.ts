import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refused } from '../refused.ts';
import { agesOf, assertWithinLimits, type Run } from './rate.ts';

const LIMITS = {
  automatic_spacing_s: 60,
  automatic_per_hour: 3,
  automatic_per_day: 6,
  automatic_per_hour_together: 6,
  all_per_hour: 5,
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const isAllowed = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch (cause) {
    if (cause instanceof Refused && cause.code === 'rate_limited') return false;
    throw cause;
  }
};
const most = (times: readonly number[], windowMs: number): number =>
  Math.max(0, ...times.map((end) => times.filter((at) => at <= end && at > end - windowMs).length));

/** Time that passes, a clock that somebody sets, and a machine that is started anew. */
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 20 * MINUTE }),
  setByMs: fc.option(fc.integer({ min: -48 * HOUR, max: 48 * HOUR }), { freq: 4 }),
  unit: fc.constantFrom('a.service', 'b.service', 'c.service'),
  isAutomatic: fc.boolean(),
});

test('however the clock is set, no window of real time holds more runs than the limits allow', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      let realMs = 0;
      let offsetMs = 0;
      const runs: Run[] = [];
      const ran: { unit: string; realMs: number; isAutomatic: boolean }[] = [];
      for (const { afterMs, setByMs, unit, isAutomatic } of steps) {
        realMs += afterMs;
        offsetMs += setByMs ?? 0;
        const now = { wallMs: 1e12 + realMs + offsetMs, bootId: 'one', uptimeMs: realMs };
        if (!isAllowed(() => assertWithinLimits(unit, isAutomatic, runs, LIMITS, now))) continue;
        runs.push({ unit, atMs: now.wallMs, bootId: 'one', uptimeMs: realMs });
        ran.push({ unit, realMs, isAutomatic });
      }
      for (const unit of ['a.service', 'b.service', 'c.service']) {
        const of = ran.filter((run) => run.unit === unit);
        expect(
          most(
            of.map((run) => run.realMs),
            HOUR,
          ),
        ).toBeLessThanOrEqual(5);
        const automatic = of.filter((run) => run.isAutomatic).map((run) => run.realMs);
        expect(most(automatic, HOUR)).toBeLessThanOrEqual(3);
        expect(most(automatic, 24 * HOUR)).toBeLessThanOrEqual(6);
        expect(most(automatic, MINUTE)).toBeLessThanOrEqual(1);
      }
      const together = ran.filter((run) => run.isAutomatic).map((run) => run.realMs);
      expect(most(together, HOUR)).toBeLessThanOrEqual(6);
    }),
  );
});

test('a run of an earlier boot is never taken to be older than it can be where the clock has gone back', () => {
  const now = { wallMs: 10 * HOUR, bootId: 'two', uptimeMs: 5 * MINUTE };
  const run = (atMs: number, bootId: string | null = 'one') => ({
    ...{ unit: 'a.service', atMs, bootId },
    uptimeMs: 7 * HOUR,
  });
  const ages = (...runs: Run[]) => agesOf(runs, now).map(({ ageMs }) => ageMs);
  expect(ages(run(2 * HOUR))).toEqual([8 * HOUR]);
  // The clock says that it is yet to come: it was before this boot, and more is not known.
  expect(ages(run(11 * HOUR))).toEqual([5 * MINUTE]);
  // Its clock had been set back since the run before it.
  expect(ages(run(9 * HOUR), run(1 * HOUR))).toEqual([HOUR, 5 * MINUTE]);
  expect(ages(run(9 * HOUR, null))).toEqual([HOUR]);
});
