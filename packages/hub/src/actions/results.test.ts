import { type ActionStatus, type OrderResult, PROBE_CHECK_MAX_MS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { COMPLETED } from '../../test/agent-fixture.ts';
import { DEFAULT_TIMING } from '../../test/hub-fixture.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { type OrderProgress, receiveProgress, receiveResult } from './outcome.ts';
import { readAction } from './rows.ts';

const LEASE = DEFAULT_TIMING.executingLeaseMs;

async function startNas(): Promise<TestStore> {
  const store = await startTestStore();
  await store.addServer('nas');
  return store;
}

const rowOf = ({ db }: TestStore, id: number) =>
  db.selectFrom('actions').selectAll().where('action_id', '=', id).executeTakeFirstOrThrow();
const stepsOf = async ({ db, clock }: TestStore, id: number) =>
  (await readAction(db, id, clock.nowMs())).steps;

/** What the agent of a server says of an order. */
async function say(
  store: TestStore,
  id: number,
  step: OrderProgress['step'],
  serverId = 'nas',
): Promise<void> {
  const { order_id } = await rowOf(store, id);
  const report = { order_id, step, elapsed_ms: 7, detail: `it is ${step}` };
  await receiveProgress(store.log, DEFAULT_TIMING, serverId, report);
}

async function end(
  store: TestStore,
  id: number,
  result: Partial<OrderResult>,
  serverId = 'nas',
): Promise<void> {
  const { order_id } = await rowOf(store, id);
  await receiveResult(store.log, serverId, order_id, { ...COMPLETED, ...result });
}

test('each word of the agent is written down once, and gives the order its time anew', async () => {
  await using store = await startNas();
  const id = await store.addAction('dispatched');
  await say(store, id, 'started');
  expect(await rowOf(store, id)).toMatchObject({
    ...{
      status: 'executing',
      started_at: store.ago(0),
      verifying_since: null,
      deadline_at: store.ago(-LEASE),
    },
  });
  store.clock.advance(1000);
  await say(store, id, 'systemctl_done');
  expect(await rowOf(store, id)).toMatchObject({ deadline_at: store.ago(-LEASE), verifying_since: null });
  store.clock.advance(1000);
  await say(store, id, 'verifying');
  const verifying = await rowOf(store, id);
  // Once the service is up its probe may be asked, for so long at most.
  expect(verifying).toMatchObject({
    ...{ verifying_since: store.ago(0), deadline_at: store.ago(-LEASE - PROBE_CHECK_MAX_MS) },
    started_at: store.ago(2000),
  });
  store.clock.advance(1000);
  for (const step of ['started', 'systemctl_done', 'verifying'] as const) await say(store, id, step);
  expect(await rowOf(store, id)).toEqual(verifying);
  expect(await stepsOf(store, id)).toMatchObject(
    ['executing', 'systemctl_done', 'verifying'].map((step) => ({
      ...{ step, actor: 'agent:nas', elapsed_ms: 7 },
      detail: `it is ${step === 'executing' ? 'started' : step}`,
    })),
  );
});

test.each<ActionStatus>(['pending', 'approved', 'unknown', 'completed', 'abandoned'])(
  'of what is %s no word of an agent is taken for progress',
  async (status) => {
    await using store = await startNas();
    const id = await store.addAction(status);
    const before = await rowOf(store, id);
    for (const step of ['started', 'systemctl_done', 'verifying'] as const) await say(store, id, step);
    expect(await rowOf(store, id)).toEqual(before);
  },
);

test('before it has started nothing is in progress, and another server’s agent has no say', async () => {
  await using store = await startNas();
  await store.addServer('attic');
  const id = await store.addAction('dispatched');
  const before = await rowOf(store, id);
  await say(store, id, 'systemctl_done');
  await say(store, id, 'started', 'attic');
  await end(store, id, {}, 'attic');
  await receiveResult(store.log, 'nas', '01890a5d-ac96-774b-bcce-b302099a8057', COMPLETED);
  expect(await rowOf(store, id)).toEqual(before);
});

const OUTCOMES = ['completed', 'failed', 'refused', 'unknown'] as const;
type Outcome = (typeof OUTCOMES)[number];

test.each<[outcome: Outcome, from: ActionStatus, path: string[], started: 'now' | 'before' | null]>([
  ['completed', 'dispatched', ['executing', 'completed'], 'now'],
  ['completed', 'executing', ['completed'], 'before'],
  ['completed', 'unknown', ['completed'], 'before'],
  ['failed', 'dispatched', ['executing', 'failed'], 'now'],
  ['failed', 'executing', ['failed'], 'before'],
  ['failed', 'unknown', ['failed'], 'before'],
  ['refused', 'dispatched', ['refused'], null],
  ['refused', 'executing', ['unknown', 'refused'], null],
  ['refused', 'unknown', ['refused'], null],
  ['unknown', 'dispatched', ['unknown'], null],
  ['unknown', 'executing', ['unknown'], 'before'],
  ['unknown', 'unknown', [], 'before'],
])('a result %s of what is %s takes it to %j, and it began: %s', async (outcome, from, path, started) => {
  await using store = await startNas();
  const before = store.ago(60_000);
  const id = await store.addAction(from, from === 'dispatched' ? {} : { started_at: before });
  await end(store, id, { outcome, detail: 'What became of it.', elapsed_ms: 99 });
  const row = await rowOf(store, id);
  expect(row).toMatchObject({
    status: path.at(-1) ?? from,
    started_at: { now: store.ago(0), before, none: null }[started ?? 'none'],
    ...{ decided_by: null, deadline_at: null },
  });
  expect(row.result_json === null).toBe(path.length === 0);
  const steps = await stepsOf(store, id);
  expect(steps).toMatchObject(
    path.map((step, at) =>
      at === path.length - 1
        ? { step, actor: 'agent:nas', detail: 'What became of it.', elapsed_ms: 99 }
        : { step, actor: 'agent:nas', detail: 'The agent had started it', elapsed_ms: null },
    ),
  );
  expect(steps).toHaveLength(path.length);
});

test('a result is kept whole, and the first that is heard of a start counts', async () => {
  await using store = await startNas();
  const id = await store.addAction('unknown');
  await end(store, id, { output: 'all well' });
  const row = await rowOf(store, id);
  expect(row.started_at).toBe(store.ago(0));
  expect(JSON.parse(row.result_json ?? '')).toEqual({ ...COMPLETED, output: 'all well' });
});

test.each<ActionStatus>(['pending', 'approved', 'completed', 'failed', 'refused', 'cancelled', 'abandoned'])(
  'a result of what is %s changes nothing',
  async (status) => {
    await using store = await startNas();
    const id = await store.addAction(status);
    const before = await rowOf(store, id);
    for (const outcome of OUTCOMES) await end(store, id, { outcome });
    expect(await rowOf(store, id)).toEqual(before);
  },
);

test.each<[status: ActionStatus, by: string | null, outcome: Outcome, code: string, end: ActionStatus]>([
  ['dispatched', 'kim', 'refused', 'never_started', 'cancelled'],
  ['dispatched', null, 'refused', 'never_started', 'refused'],
  ['dispatched', 'kim', 'refused', 'not_allowed', 'refused'],
  ['dispatched', 'kim', 'failed', 'never_started', 'failed'],
  ['unknown', 'kim', 'refused', 'never_started', 'refused'],
])(
  'what is %s, asked back by %s, and then %s as %s ends as %s',
  async (status, by, outcome, code, ending) => {
    await using store = await startNas();
    const id = await store.addAction(status, { cancel_requested_by: by });
    await end(store, id, { outcome, code });
    const row = await rowOf(store, id);
    expect([row.status, row.decided_by]).toEqual([ending, ending === 'cancelled' ? by : null]);
    expect(row.started_at).toBe(ending === 'failed' ? store.ago(0) : null);
  },
);
