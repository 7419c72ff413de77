import { MetricSample } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../../test/hub-fixture.ts';
import { historyOn, storedCells, TIERS } from '../../../test/metrics/fixture.ts';
import { openTestStore } from '../../../test/store-access.ts';
import type { HubStore } from '../../store/hub-store.ts';
import { putSteps } from './blocks.ts';
import { MetricRetention } from './retention.ts';
import { cellsOf } from '../readings.ts';

const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const retentionOn = ({ db }: HubStore, clock: HeldClock) =>
  new MetricRetention({ db, clock, logger: pino({ level: 'silent' }), tiers: TIERS });

test('each tier is kept for its own time, and what is within it stays', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas', 'attic']);
  history.record('nas', MetricSample.parse({ cpu_percent: 1 }));
  history.record('attic', MetricSample.parse({ cpu_percent: 1 }));
  clock.advance(DAY_MS);
  await history.running();
  clock.advance(-DAY_MS);
  await using retention = retentionOn(store, clock);
  const kept = async () => {
    await retention.prune();
    const tiers = await Promise.all(
      TIERS.map(async ({ stepMs }) => Object.keys(await storedCells(store, 'nas', stepMs)).length),
    );
    return tiers.join('');
  };
  expect(await kept()).toBe('1111');
  clock.advance(2 * HOUR_MS);
  expect(await kept()).toBe('1111');
  clock.advance(2 * 60_000);
  expect(await kept()).toBe('0111');
  clock.advance(2 * DAY_MS);
  expect(await kept()).toBe('0011');
  clock.advance(30 * DAY_MS);
  expect(await kept()).toBe('0001');
  clock.advance(730 * DAY_MS);
  expect(await kept()).toBe('0000');
});

test('much that is due goes batch by batch, and others write in between', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using _history = await historyOn(store, clock, ['nas']);
  const [seconds] = TIERS;
  const cells = cellsOf(MetricSample.parse({ cpu_percent: 1 }));
  const steps = Array.from({ length: 1000 }, (_, n) => ({
    ...{ serverId: 'nas', atMs: START_MS + n * seconds.blockMs, step: { isBackfilled: false, cells } },
  }));
  await store.db.transaction().execute((tx) => putSteps(tx, seconds, steps));
  await store.db.updateTable('metric_blocks').set({ is_open: 0 }).execute();
  clock.advance(DAY_MS * 3);
  await using retention = retentionOn(store, clock);
  let isDone = false;
  const pruning = retention.prune().finally(() => {
    isDone = true;
  });
  let writes = 0;
  while (!isDone) {
    await store.db.updateTable('servers').set({ revision: writes }).where('server_id', '=', 'nas').execute();
    writes += 1;
    await new Promise((resume) => setImmediate(resume));
  }
  expect(await pruning).toBe(1000);
  expect(writes).toBeGreaterThan(2);
  expect(await storedCells(store, 'nas', seconds.stepMs)).toEqual({});
});

test('what a hub that was away for long has yet to roll up is not removed before', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  {
    await using history = await historyOn(store, clock, ['nas']);
    history.record('nas', MetricSample.parse({ cpu_percent: 1 }));
  }
  clock.advance(3 * DAY_MS);
  // Before the history has begun, or while it is at it still.
  await using retention = retentionOn(store, clock);
  expect(await retention.prune()).toBe(0);
  await using history = await historyOn(store, clock, ['nas']);
  await history.running();
  const once = { [START_MS]: { count: 1, sum: 100, min: 100, max: 100 } };
  for (const { stepMs } of TIERS.slice(1)) expect(await storedCells(store, 'nas', stepMs)).toEqual(once);
  expect(await retention.prune()).toBe(2);
  expect(await storedCells(store, 'nas', HOUR_MS)).toEqual(once);
});
