import type { Action, ActionStatus, OrderResult } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { COMPLETED, connectAgent } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';

test('the time line tells every step once, with the agent’s own time', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  const { order_id } = action;
  await agent.frame('order');
  agent.progress(order_id, 'started', 2);
  agent.progress(order_id, 'started', 3);
  agent.progress(order_id, 'systemctl_done', 30);
  agent.progress(order_id, 'verifying', 31);
  agent.progress(order_id, 'verifying', 99);
  await agent.settled();
  const verifying = await hub.action(action.action_id);
  expect(verifying.status).toBe('executing');
  expect(verifying.verifying_since).not.toBeNull();

  agent.result(order_id, { output: 'all well', ran_ms: 28, elapsed_ms: 10_031 });
  await agent.frame('result_ack', 2);
  const done = await hub.action(action.action_id);
  expect(done).toMatchObject({ status: 'completed', result: { output: 'all well', ran_ms: 28 } });
  expect(done.steps.map(({ step, actor, elapsed_ms }) => [step, actor, elapsed_ms])).toEqual([
    ['pending', 'dashboard', null],
    ['approved', 'dashboard', null],
    ['dispatched', 'hub', null],
    ['executing', 'agent:nas', 2],
    ['systemctl_done', 'agent:nas', 30],
    ['verifying', 'agent:nas', 31],
    ['completed', 'agent:nas', 10_031],
  ]);
});

type Case = [outcome: OrderResult['outcome'], isStarted: boolean, status: ActionStatus];
test.each<Case>([
  ['completed', true, 'completed'],
  ['completed', false, 'completed'],
  ['failed', true, 'failed'],
  ['failed', false, 'failed'],
  ['refused', false, 'refused'],
  ['refused', true, 'refused'],
  ['unknown', false, 'unknown'],
  ['unknown', true, 'unknown'],
])('a result `%s` (heard of its start before: %s) ends as %s', async (outcome, isStarted, status) => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { action_id, order_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  if (isStarted) agent.progress(order_id, 'started');
  agent.result(order_id, { outcome, code: 'why', detail: 'What became of it.' });
  await agent.frame('result_ack');
  const action = await hub.action(action_id);
  expect(action).toMatchObject({ status, result: { outcome, code: 'why' } });
  expect(action.steps.at(-1)).toMatchObject({ step: status, detail: 'What became of it.' });
  expect(action.finished_at === null).toBe(status === 'unknown');
  const hasRun = status === 'completed' || status === 'failed' || (status === 'unknown' && isStarted);
  expect(action.budget.ran_last_hour).toBe(hasRun ? 1 : 0);
  expect(hub.faults).toEqual([]);
});

test('the acknowledgement comes after the commit', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { order_id } = await hub.orderRestart('nas', 'plex');
  let atAck: unknown;
  agent.onFrame = (frame) => {
    if (frame.type === 'result_ack') atAck = hub.rows('SELECT status FROM actions');
  };
  await agent.frame('order');
  agent.result(order_id);
  await agent.frame('result_ack');
  expect(atAck).toEqual([{ status: 'completed' }]);
});

test('a result that comes again, or contradicts the first, changes nothing and is acknowledged', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { action_id, order_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  agent.result(order_id);
  await agent.frame('result_ack');
  const before = await hub.action(action_id);
  for (const outcome of ['completed', 'failed', 'refused', 'unknown'] as const)
    agent.result(order_id, { outcome });
  agent.progress(order_id, 'started');
  agent.progress(order_id, 'verifying');
  await agent.frame('result_ack', 5);
  await agent.settled();
  expect(await hub.action(action_id)).toEqual(before);
});

test('a late result of an abandoned action changes nothing', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 1 } });
  await using agent = await connectAgent(hub, 'nas');
  const { action_id, order_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  await expect.poll(async () => (await hub.action(action_id)).status).toBe('unknown');
  agent.progress(order_id, 'started');
  await agent.settled();
  expect((await hub.action(action_id)).status).toBe('unknown');
  await hub.call('POST', `/actions/${action_id}/resolve`, { note: 'looked' });
  agent.result(order_id);
  await agent.frame('result_ack', 2);
  expect((await hub.action(action_id)).status).toBe('abandoned');
});

test('an answer before the order was sent is no answer', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  await using agent = await connectAgent(hub, 'nas');
  agent.progress(body.order_id, 'started');
  agent.result(body.order_id);
  await agent.frame('result_ack');
  expect(await hub.action(body.action_id)).toEqual(body);
  // Approved, and held back by the freeze: still not sent.
  await hub.call('PUT', '/freeze', { on: true });
  const approved = (await hub.call<Action>('POST', `/actions/${body.action_id}/approve`)).body;
  agent.result(body.order_id);
  await agent.frame('result_ack', 2);
  expect(await hub.action(body.action_id)).toEqual(approved);
});

test('progress before `started` is not taken for a start', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { action_id, order_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  agent.progress(order_id, 'verifying');
  await agent.settled();
  expect(await hub.action(action_id)).toMatchObject({ status: 'dispatched', verifying_since: null });
});

test('what another server’s agent says of an order is ignored', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas');
  await using attic = await connectAgent(hub, 'attic');
  const { action_id, order_id } = await hub.orderRestart('nas', 'plex');
  await nas.frame('order');
  attic.progress(order_id, 'started');
  attic.result(order_id, { outcome: 'failed' });
  await attic.settled();
  expect((await hub.action(action_id)).status).toBe('dispatched');
  nas.result(order_id);
  await nas.frame('result_ack');
  expect((await hub.action(action_id)).result).toEqual(COMPLETED);
});

test('version and revision grow with every change, and the newest event carries the newest revision', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  await hub.orderRestart('nas', 'plex');
  await agent.frame('result_ack');
  const rows = hub.rows<{ id: number; data_json: string }>(
    "SELECT id, data_json FROM events WHERE type LIKE 'action.%' ORDER BY id",
  );
  const copies = rows.map(({ id, data_json }) => ({ id, ...JSON.parse(data_json).action }));
  expect(copies.map((copy) => copy.version)).toEqual([0, 1, 2, 3, 4]);
  for (const copy of copies) expect(copy.revision).toBe(copy.id);
  expect(hub.rows('SELECT version, revision FROM actions')).toEqual([
    { version: 4, revision: copies.at(-1)?.id },
  ]);
});
