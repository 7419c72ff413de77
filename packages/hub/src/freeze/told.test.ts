import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { writesFail, writesWork } from '../../test/store-access.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { createLogger } from '../lib/log.ts';
import { readFreeze, setFreeze, setFreezeUntold, tellUntold } from './freeze.ts';
import { FreezeWatch } from './watch.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Every change of the freeze that was told, and by whom. */
const told = async ({ db }: TestStore) =>
  (await db.selectFrom('events').select(['actor', 'server_id', 'data_json']).orderBy('id').execute()).map(
    ({ actor, data_json }) => {
      const { freeze } = JSON.parse(data_json) as { freeze: object };
      return { actor, ...freeze };
    },
  );
const untold = (store: TestStore, on: boolean, reason?: string) =>
  setFreezeUntold(store.db, 'console:root', store.ago(0), { on, reason });

test('a freeze is set with who, when and why, told as it is then, and lifted once', async () => {
  await using store = await startTestStore();
  const at = store.ago(0);
  expect(await readFreeze(store.db)).toMatchObject({ on: false, reason: null });
  const on = { on: true, reason: 'a storm', changed_by: 'kim', changed_at: at };
  expect(await setFreeze(store.log, 'kim', { on: true, reason: ' a storm ' })).toEqual(on);
  const other = { ...on, reason: null, changed_by: 'alex' };
  expect(await setFreeze(store.log, 'alex', { on: true, reason: '  ' })).toEqual(other);
  const off = { on: false, reason: null, changed_by: 'kim', changed_at: at };
  expect(await setFreeze(store.log, 'kim', { on: false, reason: 'it is over' })).toEqual(off);
  expect(await setFreeze(store.log, 'alex', { on: false })).toEqual(off);
  expect(await told(store)).toEqual([
    { actor: 'kim', ...on },
    { actor: 'alex', ...other },
    { actor: 'kim', ...off },
  ]);
  expect(await tellUntold(store.db, store.log)).toBe(false);
});

test('what the command line sets or lifts is told once, by the hub, as done by whoever did it', async () => {
  await using store = await startTestStore();
  expect(await untold(store, false)).toMatchObject({ on: false, changed_by: null });
  expect(await tellUntold(store.db, store.log)).toBe(false);
  const frozen = { on: true, reason: 'moving', changed_by: 'console:root', changed_at: store.ago(0) };
  expect(await untold(store, true, 'moving')).toEqual(frozen);
  expect(await told(store)).toEqual([]);
  const twice = await Promise.all([tellUntold(store.db, store.log), tellUntold(store.db, store.log)]);
  expect(twice).toContain(true);
  expect(await told(store)).toEqual([{ actor: 'console:root', ...frozen }]);
  expect(await tellUntold(store.db, store.log)).toBe(false);
  expect((await untold(store, false)).on).toBe(false);
  await tellUntold(store.db, store.log);
  expect((await told(store)).at(-1)).toMatchObject({ actor: 'console:root', on: false });
});

/** Not by polling: while timers are false, each look of a poll puts them on. */
async function untilArmed(looks: () => number, times: number): Promise<void> {
  while (looks() < times) await new Promise((resolve) => setImmediate(resolve));
  expect(looks()).toBe(times);
}

test('it is looked for at once and every second, also when looking fails', async () => {
  await using store = await startTestStore();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const armed = vi.spyOn(globalThis, 'setTimeout');
  const looks = () => armed.mock.calls.filter(([, ms]) => ms === 1000).length;
  const faults: string[] = [];
  const logger = pino({}, { write: (line) => void faults.push(line) });
  await using watch = new FreezeWatch(store.db, store.log, logger);
  await untold(store, true);
  watch.start();
  await untilArmed(looks, 1);
  expect(await told(store)).toHaveLength(1);
  await untold(store, false);
  vi.advanceTimersByTime(999);
  expect(await told(store)).toHaveLength(1);
  vi.advanceTimersByTime(1);
  await untilArmed(looks, 2);
  expect(await told(store)).toHaveLength(2);

  await untold(store, true);
  await writesFail(store, 'INSERT', 'events');
  vi.advanceTimersByTime(1000);
  await untilArmed(looks, 3);
  expect(faults).toEqual([
    expect.stringMatching(/the disk is full.*a change of the freeze could not be told/),
  ]);
  await writesWork(store, 'events');
  vi.advanceTimersByTime(1000);
  await untilArmed(looks, 4);
  expect(await told(store)).toHaveLength(3);
});

test('after the end of the hub nothing is looked for, though it ended in the middle of a look', async () => {
  await using store = await startTestStore();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const armed = vi.spyOn(globalThis, 'setTimeout');
  const watch = new FreezeWatch(store.db, store.log, createLogger('silent'));
  await untold(store, true);
  watch.start();
  await watch[Symbol.asyncDispose]();
  expect(await told(store)).toHaveLength(1);
  expect(armed.mock.calls.filter(([, ms]) => ms === 1000)).toEqual([]);
});
