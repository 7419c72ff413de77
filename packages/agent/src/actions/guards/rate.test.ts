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

/** Runs of one unit, so many seconds ago, in this boot. */
const ran = (unit: string, ...secondsAgo: number[]): Run[] =>
  secondsAgo.map((ago) => ({
    ...{ unit, atMs: 1e12 - ago * 1000, bootId: 'one' },
    uptimeMs: 30 * HOUR - ago * 1000,
  }));
const saidOf = (isAutomatic: boolean, runs: Run[]): string | null => {
  try {
    const now = { wallMs: 1e12, bootId: 'one', uptimeMs: 30 * HOUR };
    assertWithinLimits('a.service', isAutomatic, runs, LIMITS, now);
    return null;
  } catch (cause) {
    return (cause as Error).message;
  }
};

test.each<[string, boolean, Run[]]>([
  ['a person, one below the hard stop', false, ran('a.service', 1, 2, 3, 4)],
  ['a person, whose hour is over', false, ran('a.service', 3600, 4, 3, 2, 1)],
  ['a person, whatever others ran', false, ran('b.service', 1, 2, 3, 4, 5, 6, 7)],
  ['automation, a minute later', true, ran('a.service', 60)],
  ['automation, one below each limit', true, [...ran('a.service', 4000, 3700, 3650, 900, 100)]],
  ['automation, with five others of the server', true, ran('b.service', 1, 2, 3, 4, 5)],
  [
    'automation, when the day is over',
    true,
    ran('a.service', 86_400, 80_000, 70_000, 60_000, 50_000, 40_000),
  ],
])('within the limits: %s', (_what, isAutomatic, runs) => {
  expect(saidOf(isAutomatic, runs)).toBeNull();
});

test.each<[string, boolean, Run[], string]>([
  ['a person, at the hard stop', false, ran('a.service', 3599, 4, 3, 2, 1), '5 times within an hour.'],
  ['automation, too soon', true, ran('a.service', 59), 'less than 60 s ago.'],
  ['automation, three in an hour', true, ran('a.service', 3500, 900, 100), '3 times within an hour, and'],
  [
    'automation, six in a day',
    true,
    ran('a.service', 86_000, 80_000, 70_000, 60_000, 50_000, 40_000),
    '6 times within a day, and',
  ],
  [
    'automation, six of the server in an hour',
    true,
    ran('b.service', 3500, 3000, 2000, 1000, 500, 100),
    '6 restarts ran on this server within an hour',
  ],
  ['by a clock ahead, a run is just now', true, ran('a.service', -50), 'less than 60 s ago.'],
])('over the limits: %s', (_what, isAutomatic, runs, words) => {
  expect(saidOf(isAutomatic, runs)).toContain(words);
});

test('two runs at one moment are no clock that went back, and a run whose uptime is unknown counts by the wall', () => {
  const now = { wallMs: 10 * HOUR, bootId: 'two', uptimeMs: MINUTE };
  const at = (atMs: number, bootId: string, uptimeMs: number | null) => ({
    ...{ unit: 'a.service', atMs, bootId, uptimeMs },
  });
  const ages = agesOf([at(2 * HOUR, 'one', 5), at(2 * HOUR, 'one', 5), at(3 * HOUR, 'two', null)], now);
  expect(ages.map(({ ageMs }) => ageMs)).toEqual([8 * HOUR, 8 * HOUR, 7 * HOUR]);
});
