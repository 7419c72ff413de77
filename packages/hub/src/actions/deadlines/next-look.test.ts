import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { holdTimers } from '../../../test/held-timers.ts';
import { writesFail } from '../../../test/store-access.ts';
import { startTestStore, type TestStore } from '../../../test/store-fixture.ts';
import type { StoredEvent } from '../../events/log.ts';
import { transition } from '../transition.ts';
import { Deadlines } from './deadlines.ts';

const timers = holdTimers();

async function startDeadlines() {
  const store = await startTestStore();
  await store.addServer('nas');
  const faults: string[] = [];
  const logger = pino({}, { write: (line) => void faults.push(line) });
  const deadlines = new Deadlines(store.db, store.log, store.clock, logger);
  return {
    ...{ store, deadlines, faults },
    async [Symbol.asyncDispose]() {
      await deadlines[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

const event = (store: TestStore, type: StoredEvent['type'] = 'action.requested'): StoredEvent => ({
  ...{ id: 1, at: store.ago(0), type, serverId: 'nas', actor: 'kim', dataJson: '{}' },
});

let targets = 0;
const add = (store: TestStore, change: Parameters<TestStore['addAction']>[1] = {}) => {
  targets += 1;
  return store.addAction('executing', {
    ...{ target: `systemd:s${targets}.service`, deadline_at: store.ago(-4321), ...change },
  });
};

test('the next look is at the next deadline, and where nothing waits there is none', async () => {
  await using hub = await startDeadlines();
  const { store, deadlines } = hub;
  await store.addAction('completed');
  timers.armed.mockClear();
  await deadlines.sweep();
  await deadlines.takeAll([event(store)]);
  expect(timers.armed).not.toHaveBeenCalledWith(expect.any(Function), Number.NaN);
  await add(store, { deadline_at: store.ago(-400) });
  await add(store);
  await deadlines.takeAll([event(store, 'service.changed')]);
  expect(timers.isArmedFor(400)).toBe(false);
  await deadlines.takeAll([event(store)]);
  expect(timers.isArmedFor(400)).toBe(true);
  timers.armed.mockClear();
  // All went well: there is nothing to wait for besides.
  await deadlines.sweep();
  expect(timers.isArmedFor(400)).toBe(true);
});

test.each(['created_at', 'approved_at', 'started_at'] as const)(
  'one action among others whose %s lies ahead of the clock by more than five seconds is looked at at once',
  async (column) => {
    await using hub = await startDeadlines();
    const { store, deadlines } = hub;
    const before = { created_at: store.ago(9), approved_at: store.ago(8), started_at: store.ago(7) };
    await add(store, before);
    const id = await add(store, { ...before, [column]: store.ago(-5000) });
    await deadlines.takeAll([event(store)]);
    expect([timers.isArmedFor(4321), timers.isArmedFor(0)]).toEqual([true, false]);
    await store.db
      .updateTable('actions')
      .set({ [column]: store.ago(-5001) })
      .where('action_id', '=', id)
      .execute();
    await deadlines.takeAll([event(store)]);
    expect(timers.isArmedFor(0)).toBe(true);
  },
);

test('one that moved on while its end was being written is left as it is, and that is no fault', async () => {
  await using hub = await startDeadlines();
  const { store, deadlines, faults } = hub;
  const id = await add(store, { deadline_at: store.ago(0) });
  const row = await store.db
    .selectFrom('actions')
    .selectAll()
    .where('action_id', '=', id)
    .executeTakeFirstOrThrow();
  const run = store.log.transaction.bind(store.log);
  vi.spyOn(store.log, 'transaction').mockImplementationOnce(async (work) => {
    await run((open) =>
      transition(open, { ...row, ran_last_hour: 0 }, 'completed', { actor: 'agent:nas', detail: 'It runs.' }),
    );
    return run(work);
  });
  await deadlines.sweep();
  const { status } = await store.db.selectFrom('actions').select('status').executeTakeFirstOrThrow();
  expect([status, faults]).toEqual(['completed', []]);
});

test('what cannot be ended is said with its number, and what cannot be looked at is looked at a second later', async () => {
  await using hub = await startDeadlines();
  const { store, deadlines, faults } = hub;
  const id = await add(store, { deadline_at: store.ago(0) });
  await writesFail(store, 'UPDATE', 'actions');
  await deadlines.sweep();
  expect(faults.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'a deadline could not be kept', action_id: id, err: { message: expect.stringContaining('full') } },
  ]);
  expect(timers.isArmedFor(1000)).toBe(true);
  timers.armed.mockClear();
  vi.spyOn(store.clock, 'nowMs').mockImplementationOnce(() => {
    throw new Error('there is no clock');
  });
  vi.advanceTimersByTime(1000);
  await expect.poll(() => faults).toHaveLength(2);
  expect(JSON.parse(faults[1] ?? '')).toMatchObject({
    ...{ msg: 'deadlines could not be kept', err: { message: 'there is no clock' } },
  });
  await expect.poll(() => timers.isArmedFor(1000)).toBe(true);
});

test('one change of an action among other events is enough, and after the end of the hub nothing is looked at', async () => {
  await using hub = await startDeadlines();
  const { store, deadlines } = hub;
  await add(store);
  const events = [event(store, 'service.changed'), event(store)];
  await deadlines.takeAll(events);
  expect(timers.isArmedFor(4321)).toBe(true);
  await deadlines[Symbol.asyncDispose]();
  timers.armed.mockClear();
  const looked = vi.spyOn(store.clock, 'nowMs');
  vi.advanceTimersByTime(4321);
  expect(looked).not.toHaveBeenCalled();
  await deadlines.takeAll(events);
  expect(timers.isArmedFor(4321)).toBe(false);
});
