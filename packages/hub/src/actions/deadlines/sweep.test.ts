import type { ActionStatus } from '@homelabcmd/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { writesFail, writesWork } from '../../../test/store-access.ts';
import { startTestStore, type TestStore } from '../../../test/store-fixture.ts';
import type { StoredEvent } from '../../events/log.ts';
import { createLogger } from '../../lib/log.ts';
import { Deadlines } from './deadlines.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const deadlinesOf = ({ db, log, clock }: TestStore) => new Deadlines(db, log, clock, createLogger('silent'));

async function startNas(): Promise<TestStore> {
  const store = await startTestStore();
  await store.addServer('nas');
  await store.addServer('attic');
  return store;
}

const statusOf = async ({ db }: TestStore, id: number) =>
  (await db.selectFrom('actions').select('status').where('action_id', '=', id).executeTakeFirstOrThrow())
    .status;
const lastStepOf = ({ db }: TestStore, id: number) =>
  db
    .selectFrom('action_steps')
    .select(['step', 'actor', 'detail'])
    .where('action_id', '=', id)
    .orderBy('n', 'desc')
    .executeTakeFirst();

const NOBODY = 'Nobody decided in time';
const UNDELIVERED = 'The order could not be delivered in time';
const SILENCE = 'No word from the agent in the time that it has';
const SET_BACK = 'The clock of the hub was set back, so nobody knows how long it has waited';

test.each<[ActionStatus, ActionStatus, string]>([
  ['pending', 'expired', NOBODY],
  ['approved', 'expired', UNDELIVERED],
  ['dispatched', 'unknown', SILENCE],
  ['executing', 'unknown', SILENCE],
])('what is %s ends at its deadline as %s, and not a moment before', async (status, end, detail) => {
  await using store = await startNas();
  await using deadlines = deadlinesOf(store);
  const id = await store.addAction(status, { deadline_at: store.ago(-1000) });
  store.clock.advance(999);
  await deadlines.sweep();
  expect(await statusOf(store, id)).toBe(status);
  store.clock.advance(1);
  await deadlines.sweep();
  expect(await statusOf(store, id)).toBe(end);
  expect(await lastStepOf(store, id)).toEqual({ step: end, actor: 'hub', detail });
});

test.each<[ActionStatus, 'created_at' | 'approved_at' | 'started_at', ActionStatus]>([
  ['pending', 'created_at', 'expired'],
  ['approved', 'approved_at', 'expired'],
  ['dispatched', 'approved_at', 'unknown'],
  ['executing', 'started_at', 'unknown'],
])(
  'what is %s and lies ahead of the clock by its %s is %s, unless by five seconds at most',
  async (status, column, end) => {
    await using store = await startNas();
    await using deadlines = deadlinesOf(store);
    const id = await store.addAction(status, { deadline_at: store.ago(-60_000), [column]: store.ago(-5001) });
    store.clock.advance(1);
    await deadlines.sweep();
    expect(await statusOf(store, id)).toBe(status);
    store.clock.advance(-1);
    await deadlines.sweep();
    expect(await statusOf(store, id)).toBe(end);
    expect((await lastStepOf(store, id))?.detail).toBe(SET_BACK);
  },
);

test('what waits for a person, without any time, is never ended', async () => {
  await using store = await startNas();
  await using deadlines = deadlinesOf(store);
  const id = await store.addAction('unknown', { created_at: store.ago(-60_000) });
  store.clock.advance(1e12);
  await deadlines.sweep();
  expect(await statusOf(store, id)).toBe('unknown');
});

const livenessEvent = (store: TestStore, liveness: string): StoredEvent => ({
  ...{ id: 1, at: store.ago(0), type: 'server.changed', serverId: 'nas', actor: 'hub' },
  dataJson: JSON.stringify({ server: { server_id: 'nas', liveness } }),
});

test('a server that goes offline, and none that is merely silent, loses what is out on it, and nothing else', async () => {
  await using store = await startNas();
  await using deadlines = deadlinesOf(store);
  const add = (status: ActionStatus, n: number, server_id = 'nas') =>
    store.addAction(status, { target: `systemd:s${n}.service`, server_id, deadline_at: store.ago(-60_000) });
  const lost = [await add('dispatched', 1), await add('executing', 2)];
  const kept = [await add('pending', 3), await add('approved', 4), await add('dispatched', 5, 'attic')];
  await deadlines.takeAll([livenessEvent(store, 'stale')]);
  await deadlines.takeAll([{ ...livenessEvent(store, 'offline'), type: 'service.changed' }]);
  for (const id of lost) expect(await statusOf(store, id)).not.toBe('unknown');
  await deadlines.takeAll([livenessEvent(store, 'offline')]);
  for (const id of lost)
    expect(await lastStepOf(store, id)).toMatchObject({
      ...{ step: 'unknown', detail: 'Contact with nas was lost' },
    });
  for (const id of kept) expect(await lastStepOf(store, id)).toBeUndefined();
});

/** Time passes, for the clock and for timers. */
function pass(store: TestStore, ms: number, ofTimersMs = ms): void {
  store.clock.advance(ms);
  vi.advanceTimersByTime(ofTimersMs);
}

const actionEvent = (store: TestStore): StoredEvent => ({
  ...livenessEvent(store, 'online'),
  type: 'action.requested',
});

test('the next deadline is kept by a timer, whichever change of an action made it the next', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await using store = await startNas();
  await using deadlines = deadlinesOf(store);
  const armed = vi.spyOn(globalThis, 'setTimeout');
  const far = await store.addAction('pending', { deadline_at: store.ago(-41_000) });
  await deadlines.sweep();
  const near = await store.addAction('approved', {
    ...{ target: 'systemd:web.service', deadline_at: store.ago(-10_000) },
  });
  await deadlines.takeAll([actionEvent(store)]);
  pass(store, 9999);
  expect([await statusOf(store, far), await statusOf(store, near)]).toEqual(['pending', 'approved']);
  pass(store, 1);
  await expect.poll(() => statusOf(store, near)).toBe('expired');
  await expect.poll(() => armed.mock.calls.some(([, ms]) => ms === 31_000)).toBe(true);
  pass(store, 30_999);
  expect(await statusOf(store, far)).toBe('pending');
  pass(store, 1);
  await expect.poll(() => statusOf(store, far)).toBe('expired');
});

test('a clock that is set, ahead or back, is noticed within a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await using store = await startNas();
  await using deadlines = deadlinesOf(store);
  const ahead = await store.addAction('pending', { deadline_at: store.ago(-7_200_000) });
  await deadlines.sweep();
  pass(store, 7_200_000, 59_999);
  expect(await statusOf(store, ahead)).toBe('pending');
  pass(store, 0, 1);
  await expect.poll(() => statusOf(store, ahead)).toBe('expired');
  const back = await store.addAction('pending', {
    ...{ target: 'systemd:web.service', deadline_at: store.ago(-7_200_000) },
  });
  store.clock.advance(-3_600_000);
  // A change of any action makes it look at once.
  await deadlines.takeAll([actionEvent(store)]);
  pass(store, 0);
  await expect.poll(() => statusOf(store, back)).toBe('expired');
});

test('what cannot be ended is tried again a second later, and never after the end of the hub', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await using store = await startNas();
  const deadlines = deadlinesOf(store);
  const id = await store.addAction('pending', { deadline_at: store.ago(0) });
  await writesFail(store, 'UPDATE', 'actions');
  await deadlines.sweep();
  await writesWork(store, 'actions');
  pass(store, 999);
  expect(await statusOf(store, id)).toBe('pending');
  pass(store, 1);
  await expect.poll(() => statusOf(store, id)).toBe('expired');

  const late = await store.addAction('pending', { deadline_at: store.ago(-10_000) });
  await deadlines.takeAll([actionEvent(store)]);
  await deadlines[Symbol.asyncDispose]();
  pass(store, 10_000);
  await deadlines.takeAll([actionEvent(store)]);
  pass(store, 10_000);
  expect(await statusOf(store, late)).toBe('pending');
});
