import type { Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, type ConnectedAgent } from './agent-fixture.ts';
import { startTestHub, type TestHub } from './hub-fixture.ts';

const NEVER_STARTED = {
  outcome: 'refused',
  code: 'never_started',
  detail: 'The order did not begin on this server, and it no longer can.',
} as const;

const cancel = <T = Action>(hub: TestHub, actionId: number) =>
  hub.call<T>('POST', `/actions/${actionId}/cancel`);

/** An action whose order the agent has been sent, and has not answered. */
async function orderOut(hub: TestHub, agent: ConnectedAgent): Promise<{ actionId: number; orderId: string }> {
  const { action_id: actionId } = await hub.orderRestart('nas', 'plex');
  const { order } = await agent.frame('order');
  return { actionId, orderId: order.order_id };
}

test('an order that is out is asked back, and is cancelled when its agent proves that it never began', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, agent);
  const asked = await cancel(hub, actionId);
  expect([asked.status, asked.body.status, asked.body.cancel_requested_by]).toEqual([
    200,
    'dispatched',
    'dashboard',
  ]);
  expect((await agent.frame('query')).order_ids).toEqual([orderId]);
  agent.result(orderId, NEVER_STARTED);
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('cancelled');
  const { decided_by, steps, result } = await hub.action(actionId);
  expect(decided_by).toBe('dashboard');
  expect(result?.code).toBe('never_started');
  expect(steps.map(({ step }) => step)).toEqual([
    'pending',
    'approved',
    'dispatched',
    'cancel_requested',
    'cancelled',
  ]);
  expect((await hub.restart('nas', 'plex')).status).toBe(201);
  const audited = hub.rows<{ verb: string }>(`SELECT verb FROM audit_entries WHERE action_id = ${actionId}`);
  expect(audited.map(({ verb }) => verb)).toEqual([
    'action.requested',
    'action.approved',
    'action.dispatched',
    'action.cancel_requested',
    'action.cancelled',
  ]);
});

test('what has run has run: the outcome counts, and not the wish', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, agent);
  await cancel(hub, actionId);
  agent.result(orderId);
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('completed');
});

test('an agent that refused it for a reason of its own says so, asked back or not', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, agent);
  await cancel(hub, actionId);
  agent.result(orderId, { outcome: 'refused', code: 'not_allowed', detail: 'It is not on the list.' });
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('refused');
});

test('an agent that comes back is asked, and is not sent the order again', async () => {
  await using hub = await startTestHub();
  const first = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, first);
  await first[Symbol.asyncDispose]();
  await cancel(hub, actionId);
  await using agent = await connectAgent(hub, 'nas', { key: first.key });
  expect((await agent.frame('query')).order_ids).toEqual([orderId]);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
});

test('it is asked back once: a second wish is told who had the first', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { actionId } = await orderOut(hub, agent);
  await cancel(hub, actionId);
  const second = await cancel<Problem>(hub, actionId);
  expect([second.status, second.body.action_status]).toEqual([409, 'dispatched']);
  expect(second.body.detail).toContain('dashboard has asked to cancel');
});

test('what is at work cannot be asked back', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, agent);
  agent.progress(orderId, 'started');
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('executing');
  const late = await cancel<Problem>(hub, actionId);
  expect([late.status, late.body.action_status]).toEqual([409, 'executing']);
});

test('contact is lost after it was asked back: unknown, and then what the agent proves', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 200, offlineAfterMs: 400 } });
  const first = await connectAgent(hub, 'nas');
  const { actionId, orderId } = await orderOut(hub, first);
  expect((await cancel(hub, actionId)).status).toBe(200);
  first.socket.terminate();
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('unknown');
  await using agent = await connectAgent(hub, 'nas', { key: first.key });
  agent.result(orderId, NEVER_STARTED);
  await expect.poll(async () => (await hub.action(actionId)).status).toBe('refused');
});
