import { afterEach, beforeEach, expect, test } from 'vitest';
import { idOf, openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

const playAll = () => {
  let n = 0;
  rig.onRestart = (unit, socket) => {
    n += 1;
    rig.start(unit);
    rig.finish(idOf(n), socket, 0);
  };
};

test('an automatic order right after a run is refused, also by the next process, and one of a person is not', async () => {
  let claimed = 1;
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    rig.finish(idOf(claimed), socket, 0);
  };
  rig.newRunner().take(order(1));
  expect((await rig.resultOf(1)).outcome).toBe('completed');
  await rig.close();
  const next = rig.newRunner();
  next.take(order(2, { automatic: true }));
  expect(await rig.resultOf(2)).toMatchObject({ outcome: 'refused', code: 'rate_limited' });
  claimed = 3;
  next.take(order(3));
  expect((await rig.resultOf(3)).outcome).toBe('completed');
  expect(rig.runs).toHaveLength(2);
});

test('the hard stop of a server holds for people too', async () => {
  playAll();
  rig.limits = { ...rig.limits, all_per_hour: 2 };
  const runner = rig.newRunner();
  for (const n of [1, 2, 3]) {
    runner.take(order(n));
    await rig.resultOf(n);
  }
  expect((await rig.resultOf(3)).code).toBe('rate_limited');
  expect(rig.runs).toHaveLength(2);
});

test('what was refused is not counted as a run', async () => {
  playAll();
  const runner = rig.newRunner();
  rig.allowed.clear();
  runner.take(order(8));
  await rig.resultOf(8);
  rig.allowed.add('plex.service');
  runner.take(order(1, { automatic: true }));
  expect((await rig.resultOf(1)).outcome).toBe('completed');
});

test.each([
  ['systemd is starting it', { activeState: 'activating', subState: 'auto-restart' }, {}, 'systemd_at_it'],
  ['a job is queued', { jobQueued: true }, {}, 'systemd_at_it'],
  [
    'one more start reaches the start limit',
    { startLimitBurst: 1, startLimitIntervalMs: 10_000 },
    {},
    'rate_limited',
  ],
  ['only a person clears a start limit', {}, { verb: 'reset-and-restart' } as const, 'rate_limited'],
])('an automatic order keeps out of systemd’s way: %s', async (_what, state, change, code) => {
  rig.setUnit('plex.service', state);
  const runner = rig.newRunner();
  runner.take(order(7, { automatic: true, ...change }));
  expect(await rig.resultOf(7)).toMatchObject({ outcome: 'refused', code });
  expect(rig.runs).toEqual([]);
});

test('orders that never came are made impossible, and no more of them than the disk can bear', async () => {
  const runner = rig.newRunner();
  const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => idOf(from + n));
  for (let from = 1; from <= 600; from += 100) runner.query(ids(from, 100));
  await rig.resultOf(500);
  expect(rig.asked).toHaveLength(500);
  expect(rig.logged).toContain('the hub asks about too many orders that never came');
  // What is known already is answered all the same.
  rig.frames.length = 0;
  runner.query(ids(1, 1));
  expect((await rig.resultOf(1)).code).toBe('never_started');
  rig.uptimeMs += 60_000;
  runner.query(ids(601, 2));
  await rig.resultOf(601);
  expect(rig.asked).toHaveLength(501);
});
