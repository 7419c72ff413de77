import { MetricSample } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../../test/hub-fixture.ts';
import { historyOn, storedCells, TIERS } from '../../../test/metrics/fixture.ts';
import { isOnPostgres } from '../../../test/postgres/databases.ts';
import { openTestStore } from '../../../test/store-access.ts';
import { cellsOf } from '../readings.ts';
import { type Cell, cellOf, merged } from '../../lib/series/cell.ts';

const START_MS = Date.parse('2026-01-01T11:58:30.000Z');
const MINUTE_MS = 60_000;
const isIn = (atMs: number, minuteMs: number) => atMs >= minuteMs && atMs < minuteMs + MINUTE_MS;
const HISTORIES = isOnPostgres() ? 100 : 1000;

/** What happens next: a reading some seconds later, or none for longer; or the hub goes, in one of two ways. */
const happening = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant('reading' as const),
      percent: fc.integer({ min: 0, max: 1000 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 25_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('time' as const),
      ms: fc.integer({ min: 25_000, max: 5_400_000 }),
    }),
  },
  // How many minutes ago, and how many readings it stands for.
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('backfill' as const),
      ago: fc.integer({ min: 1, max: 200 }),
      percent: fc.integer({ min: 0, max: 1000 }),
      weight: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('stopped' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('killed' as const) }) },
);

/** Each tier as it comes out of the readings themselves. */
function recomputed(
  readings: readonly { atMs: number; value: number }[],
  stepMs: number,
): Record<number, Cell> {
  const cells: Record<number, Cell> = {};
  for (const { atMs, value } of readings) {
    const startMs = Math.floor(atMs / stepMs) * stepMs;
    const cell = merged(cells[startMs], cellOf(value));
    if (cell !== null) cells[startMs] = cell;
  }
  return cells;
}

test('every tier is what its readings come to, whatever gaps, stops, kills and readings told afterwards there were', {
  timeout: 600_000,
}, async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (happenings) => {
      histories += 1;
      const server = `server-${histories}`;
      const clock = new HeldClock(START_MS);
      let history = await historyOn(store, clock, [server]);
      let readings: { atMs: number; value: number }[] = [];
      const backfilled: { atMs: number; value: number }[] = [];
      for (const one of happenings) {
        if (one.what === 'time') clock.advance(one.ms);
        else if (one.what === 'reading') {
          const inStep = readings.filter(({ atMs }) => atMs >= Math.floor(clock.nowMs() / 10_000) * 10_000);
          if (inStep.length >= 10) continue;
          history.record(server, MetricSample.parse({ cpu_percent: one.percent / 10 }));
          readings.push({ atMs: clock.nowMs(), value: one.percent * 10 });
        } else if (one.what === 'backfill') {
          const { weight, percent } = one;
          const atMs = (Math.floor(clock.nowMs() / MINUTE_MS) - one.ago) * MINUTE_MS;
          const cells = cellsOf(MetricSample.parse({ cpu_percent: percent / 10 }), weight);
          await history.backfill([{ serverId: server, atMs, step: { isBackfilled: true, cells } }]);
          const isKnown = [...readings, ...backfilled].some((reading) => isIn(reading.atMs, atMs));
          if (!isKnown)
            backfilled.push(...Array.from({ length: weight }, () => ({ atMs, value: percent * 10 })));
        } else {
          if (one.what === 'stopped') await history[Symbol.asyncDispose]();
          else {
            await history.running();
            const runs = Math.floor(clock.nowMs() / 10_000) * 10_000;
            const stored = await storedCells(store, server, 10_000);
            // Lost is what ran, but for what of it was in the store.
            const kept = stored[runs]?.count ?? 0;
            const [before, running] = [
              readings.filter(({ atMs }) => atMs < runs),
              readings.filter(({ atMs }) => atMs >= runs),
            ];
            readings = [...before, ...running.slice(0, kept)];
          }
          history = await historyOn(store, clock, [server]);
        }
      }
      clock.advance(2 * 86_400_000);
      await history.running();
      for (const { stepMs, name } of TIERS) {
        const told = name === '10s' ? readings : [...readings, ...backfilled];
        expect(await storedCells(store, server, stepMs)).toEqual(recomputed(told, stepMs));
      }
      await history[Symbol.asyncDispose]();
      await store.db.deleteFrom('servers').where('server_id', '=', server).execute();
    }),
    { numRuns: HISTORIES, endOnFailure: true },
  );
  expect(histories).toBe(HISTORIES);
});
