import { MetricSample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../../test/hub-fixture.ts';
import { historyOn, storedCells } from '../../../test/metrics/fixture.ts';
import { openTestStore, writesFail, writesWork } from '../../../test/store-access.ts';

const START_MS = Date.parse('2026-01-01T12:00:00.000Z');
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

const sample = (cpu_percent: number) => MetricSample.parse({ cpu_percent });

test('a step of 10 s is in the store when it is over, and with it what is made out of it', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  history.record('nas', sample(10));
  history.record('nas', sample(30));
  expect(await storedCells(store, 'nas', 10_000)).toEqual({});
  clock.advance(10 * SECOND_MS);
  await history.running();
  const step = { count: 2, sum: 4000, min: 1000, max: 3000 };
  expect(await storedCells(store, 'nas', 10_000)).toEqual({ [START_MS]: step });
  expect(await storedCells(store, 'nas', MINUTE_MS)).toEqual({});
  clock.advance(50 * SECOND_MS);
  await history.running();
  expect(await storedCells(store, 'nas', MINUTE_MS)).toEqual({ [START_MS]: step });
  clock.advance(60 * MINUTE_MS);
  await history.running();
  expect(await storedCells(store, 'nas', 10 * MINUTE_MS)).toEqual({ [START_MS]: step });
  expect(await storedCells(store, 'nas', 60 * MINUTE_MS)).toEqual({ [START_MS]: step });
});

test('a hub that was killed has lost the step that ran, and makes the rest when it is there again', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  {
    await using store = await openTestStore(folder.path);
    // Never stopped: as when the process is killed.
    const killed = await historyOn(store, clock, ['nas']);
    for (const percent of [10, 20, 30]) {
      killed.record('nas', sample(percent));
      clock.advance(10 * SECOND_MS);
    }
    await killed.running();
    killed.record('nas', sample(99));
  }
  clock.advance(2 * 60 * MINUTE_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  await history.running();
  const all = { count: 3, sum: 6000, min: 1000, max: 3000 };
  for (const stepMs of [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS])
    expect(await storedCells(store, 'nas', stepMs)).toEqual({ [START_MS]: all });
});

test('what is stopped in the midst of a step goes on in it', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  for (const percent of [10, 20]) {
    await using store = await openTestStore(folder.path);
    await using history = await historyOn(store, clock, ['nas']);
    history.record('nas', sample(percent));
    clock.advance(10 * SECOND_MS);
  }
  clock.advance(60 * MINUTE_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  await history.running();
  expect(await storedCells(store, 'nas', 60 * MINUTE_MS)).toEqual({
    [START_MS]: { count: 2, sum: 3000, min: 1000, max: 2000 },
  });
});

test('a step in which the hub was stopped and started again has the readings of both', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  for (const percent of [10, 20]) {
    await using store = await openTestStore(folder.path);
    await using history = await historyOn(store, clock, ['nas']);
    history.record('nas', sample(percent));
    clock.advance(SECOND_MS);
  }
  await using store = await openTestStore(folder.path);
  expect(await storedCells(store, 'nas', 10_000)).toEqual({
    [START_MS]: { count: 2, sum: 3000, min: 1000, max: 2000 },
  });
});

test('rolled up again, nothing is counted twice', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  history.record('nas', sample(10));
  clock.advance(60 * MINUTE_MS);
  await history.running();
  await store.db.updateTable('metric_blocks').set({ is_open: 1 }).where('step_ms', '<', 3_600_000).execute();
  await history.start();
  await history.running();
  const once = { [START_MS]: { count: 1, sum: 1000, min: 1000, max: 1000 } };
  for (const stepMs of [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS])
    expect(await storedCells(store, 'nas', stepMs)).toEqual(once);
});

test('a clock that is set back begins its steps anew, and mixes no two passes', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  history.record('nas', sample(80));
  clock.advance(10 * MINUTE_MS);
  history.record('nas', sample(70));
  clock.advance(-10 * MINUTE_MS);
  history.record('nas', sample(10));
  clock.advance(20 * MINUTE_MS);
  await history.running();
  const only = (percent: number) => ({
    ...{ count: 1, sum: percent * 100, min: percent * 100, max: percent * 100 },
  });
  const later = START_MS + 10 * MINUTE_MS;
  for (const stepMs of [10_000, MINUTE_MS, 10 * MINUTE_MS])
    expect(await storedCells(store, 'nas', stepMs)).toEqual({ [START_MS]: only(10), [later]: only(70) });
});

test('more samples than an agent tells are not counted, so that sums stay exact', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  for (let n = 0; n < 1000; n += 1) history.record('nas', MetricSample.parse({ load_1m: Number.MAX_VALUE }));
  clock.advance(10 * SECOND_MS);
  await history.running();
  expect(await storedCells(store, 'nas', 10_000, '4')).toEqual({
    [START_MS]: { count: 10, sum: 1e13, min: 1e12, max: 1e12 },
  });
});

test('while the store cannot be written, the last ten minutes are kept for it', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  await using store = await openTestStore(folder.path);
  await using history = await historyOn(store, clock, ['nas']);
  await writesFail({ dataDir: folder.path }, 'INSERT', 'metric_blocks');
  for (let n = 0; n < 62; n += 1) {
    history.record('nas', sample(n));
    clock.advance(10 * SECOND_MS);
  }
  expect(await history.running()).toHaveLength(60);
  await writesWork({ dataDir: folder.path }, 'metric_blocks');
  clock.advance(10 * SECOND_MS);
  expect(await history.running()).toEqual([]);
  const [oldest] = Object.keys(await storedCells(store, 'nas', 10_000));
  expect(Number(oldest)).toBe(START_MS + 2 * 10 * SECOND_MS);
  expect(Object.keys(await storedCells(store, 'nas', 10_000))).toHaveLength(60);
});
