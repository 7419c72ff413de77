import type { Action } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub } from '../../test/hub-fixture.ts';
import { writesFail, writesWork } from '../../test/store-access.ts';

test('`dispatched` is committed before the order is sent', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const atArrival: unknown[] = [];
  agent.onFrame = (frame) => {
    if (frame.type === 'order')
      atArrival.push(
        hub.rows('SELECT status, version FROM actions WHERE order_id = ?', frame.order.order_id),
      );
  };
  await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  await agent.settled();
  expect(atArrival).toEqual([[{ status: 'dispatched', version: 2 }]]);
});

test('what cannot be committed as dispatched is not sent, and goes out when it can', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const action = await hub.orderRestart('nas', 'plex');
  await writesFail(hub, 'UPDATE', 'actions');
  const first = await connectAgent(hub, 'nas');
  await expect.poll(() => hub.faults).not.toEqual([]);
  // The link ends with that fault, and what was sent before has arrived by then.
  await first.closed();
  expect(first.framesOf('order')).toEqual([]);
  expect((await hub.action(action.action_id)).status).toBe('approved');
  await writesWork(hub, 'actions');
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect((await second.frame('order')).order.order_id).toBe(action.order_id);
});

test('the order says what was approved', async () => {
  await using hub = await startTestHub({ timing: { settleMs: 1234, orderTtlMs: 4321 } });
  await using agent = await connectAgent(hub, 'nas');
  const failed = failedReport('plex.service');
  agent.reports([failed]);
  await agent.settled();
  const action = await hub.orderRestart('nas', 'plex');
  // The state may change after the request: the order still expects what the approver saw.
  agent.reports([failedReport('plex.service', { invocation_id: 'c'.repeat(32) })]);
  expect((await agent.frame('order')).order).toEqual({
    order_id: action.order_id,
    action_id: action.action_id,
    digest: action.digest,
    kind: 'restart_service',
    target: 'systemd:plex.service',
    verb: 'restart',
    expect: { state_class: 'down', boot_id: FACTS.boot_id, invocation_id: failed.invocation_id },
    ttl_ms: 4321,
    settle_ms: 1234,
    probe: null,
  });
});

test('an agent of the version before, which refuses keys that it does not know, gets the order without a head', async () => {
  await using hub = await startTestHub();
  const { keeps_audit_heads: _, ...facts } = FACTS;
  await using agent = await connectAgent(hub, 'nas', { facts });
  await hub.orderRestart('nas', 'plex');
  expect(Object.keys(await agent.frame('order')).toSorted()).toEqual(['order', 'type', 'v']);
  // Once it is updated, the same order comes with one.
  await using updated = await connectAgent(hub, 'nas', { key: agent.key });
  expect((await updated.frame('order')).audit).toEqual({
    entry: hub.rows('SELECT id FROM audit_entries').length,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  ['plex', 'systemd:plex.service'],
  ['we;rd $(x) "näme"', 'systemd:we;rd $(x) "näme"'],
  ['😀'.repeat(255), `systemd:${'😀'.repeat(255)}`],
])('the order for a name that the hub has never seen expects nothing: %s', async (name, target) => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await hub.orderRestart('nas', name);
  expect((await agent.frame('order')).order).toMatchObject({ target, expect: null });
});

test('the same order is sent again on each reconnect while it is unanswered, and never after an answer', async () => {
  await using hub = await startTestHub();
  const first = await connectAgent(hub, 'nas');
  const { key } = first;
  const action = await hub.orderRestart('nas', 'plex');
  await first.frame('order');
  first.socket.terminate();

  const second = await connectAgent(hub, 'nas', { key });
  const { order } = await second.frame('order');
  expect(order.order_id).toBe(action.order_id);
  second.progress(order.order_id, 'started');
  await second.settled();
  second.socket.terminate();

  const third = await connectAgent(hub, 'nas', { key });
  expect((await third.frame('query')).order_ids).toEqual([order.order_id]);
  expect(third.framesOf('order')).toEqual([]);
  third.result(order.order_id);
  await third.frame('result_ack');
  third.socket.terminate();

  await using fourth = await connectAgent(hub, 'nas', { key });
  await fourth.settled();
  expect(fourth.frames.map((frame) => frame.type)).toEqual(['welcome', 'result_ack']);
  const { version, steps } = await hub.action(action.action_id);
  expect([version, steps.map((step) => step.step)]).toEqual([
    4,
    ['pending', 'approved', 'dispatched', 'executing', 'completed'],
  ]);
});

test('an order whose outcome is unknown is asked about, and the evidence ends it', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 500, offlineAfterMs: 1000 } });
  const first = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  await first.frame('order');
  first.socket.terminate();
  await expect.poll(async () => (await hub.action(action.action_id)).status).toBe('unknown');

  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect((await second.frame('query')).order_ids).toEqual([action.order_id]);
  expect(second.framesOf('order')).toEqual([]);
  second.result(action.order_id);
  await second.frame('result_ack');
  expect((await hub.action(action.action_id)).status).toBe('completed');
});

test('several approvals that waited go out together, oldest first, each once', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  const waiting: Action[] = [];
  for (const name of ['a', 'b', 'c']) waiting.push(await hub.orderRestart('nas', name));
  await hub.orderRestart('attic', 'a');
  await hub.restart('nas', 'only-pending');
  await using agent = await connectAgent(hub, 'nas');
  await agent.frame('order', 3);
  await agent.settled();
  expect(agent.framesOf('order').map((frame) => frame.order.action_id)).toEqual(
    waiting.map((action) => action.action_id),
  );
});

test('an order is answered on the connection that is there now, also when another replaced it', async () => {
  await using hub = await startTestHub();
  await using first = await connectAgent(hub, 'nas');
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  await first.closed();
  const action = await hub.orderRestart('nas', 'plex');
  await second.frame('order');
  await second.settled();
  expect(first.framesOf('order')).toEqual([]);
  expect((await hub.server('nas')).liveness).toBe('online');
  expect((await hub.action(action.action_id)).status).toBe('dispatched');
});

test('a hub that was stopped and started again goes on where it was', async () => {
  using folder = disposableFolder();
  const ids: Record<string, Action> = {};
  let key = newKeyPair();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using agent = await connectAgent(hub, 'nas');
    key = agent.key;
    ids.executing = await hub.orderRestart('nas', 'executing');
    agent.progress(ids.executing.order_id, 'started');
    await agent.settled();
    ids.dispatched = await hub.orderRestart('nas', 'dispatched');
    await agent.frame('order', 2);
    await agent[Symbol.asyncDispose]();
    ids.approved = await hub.orderRestart('nas', 'approved');
    ids.pending = (await hub.restart('nas', 'pending')).body;
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  for (const [status, { action_id }] of Object.entries(ids)) {
    expect((await hub.action(action_id)).status).toBe(status);
  }
  await using agent = await connectAgent(hub, 'nas', { key });
  await agent.frame('order', 2);
  await agent.settled();
  expect(agent.framesOf('order').map((frame) => frame.order.order_id)).toEqual([
    ids.dispatched?.order_id,
    ids.approved?.order_id,
  ]);
  expect((await agent.frame('query')).order_ids).toEqual([ids.executing?.order_id]);
  const next = await hub.restart('nas', 'next');
  expect(next.body.action_id).toBe(5);
  expect(next.body.revision).toBeGreaterThan(ids.pending?.revision ?? Infinity);
});
