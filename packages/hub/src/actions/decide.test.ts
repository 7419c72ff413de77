import type { Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport, report } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub } from '../../test/hub-fixture.ts';

test('approving answers the action, says by whom, and that one approved an own request', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const { status, body: approved } = await hub.call<Action>('POST', `/actions/${body.action_id}/approve`);
  expect(status).toBe(200);
  expect(approved).toMatchObject({ status: 'approved', approved_by: 'dashboard', self_approved: true });
  expect(approved.version).toBe(body.version + 1);
  expect(approved.revision).toBeGreaterThan(body.revision);
  expect(approved.steps.map((step) => step.step)).toEqual(['pending', 'approved']);
});

test('approving twice is 409 for the second, with `action_status`', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { action_id } = await hub.orderRestart('nas', 'plex');
  const second = await hub.call('POST', `/actions/${action_id}/approve`, {});
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({ code: 'action_moved_on', action_status: 'approved' });
});

test('approve takes the digest that was shown; a different one is 409 and approves nothing', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const path = `/actions/${body.action_id}/approve`;
  const other = await hub.call('POST', path, { digest: 'f'.repeat(64) });
  expect([other.status, other.body.code]).toEqual([409, 'digest_mismatch']);
  expect((await hub.action(body.action_id)).status).toBe('pending');
  expect((await hub.call('POST', path, { digest: body.digest })).status).toBe(200);
});

test('the digest covers server, service and the state that was seen, and nothing that changes by itself', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas');
  const digestAfter = async (change: Parameters<typeof report>[1]) => {
    nas.reports([report('plex.service', change)]);
    await nas.settled();
    const { body } = await hub.restart('nas', 'plex');
    await hub.call('POST', `/actions/${body.action_id}/cancel`);
    return body.digest;
  };
  const running = await digestAfter({});
  expect(await digestAfter({ description: 'another word for it', memory_bytes: 5 })).toBe(running);
  expect(await digestAfter({ invocation_id: 'b'.repeat(32) })).not.toBe(running);
  expect(await digestAfter({ state_class: 'crash_loop' })).not.toBe(running);
  expect(await digestAfter({})).toBe(running);
  nas.send({ v: 2, type: 'facts', facts: { ...FACTS, boot_id: 'another boot' } });
  await nas.settled();
  expect(await digestAfter({})).not.toBe(running);
  await hub.addServer('attic');
  const elsewhere = await hub.restart('attic', 'plex');
  const sameName = await hub.restart('nas', 'plex.service');
  expect(new Set([running, elsewhere.body.digest, sameName.body.digest]).size).toBe(3);
});

test('a request carries what the approver must see: the state expected, why it is down, what else restarts', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const also = [{ unit: 'plex-index.service', relation: 'RequiredBy', active: true }];
  const failed = failedReport('plex.service', { also_restarts: also });
  agent.reports([failed]);
  await agent.settled();
  const { body } = await hub.restart('nas', 'plex');
  expect(body).toMatchObject({
    verb: 'restart',
    expect: { state_class: 'down', boot_id: FACTS.boot_id, invocation_id: failed.invocation_id },
    why: failed.why,
    also_restarts: also,
  });
});

test('a service whose start limit is used up is restarted with the limit reset', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const failed = failedReport('plex.service');
  agent.reports([{ ...failed, why: failed.why && { ...failed.why, start_limit_hit: true } }]);
  await agent.settled();
  expect((await hub.restart('nas', 'plex')).body.verb).toBe('reset-and-restart');
});

test('reject needs a reason, keeps it, and makes a new request possible', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const path = `/actions/${body.action_id}/reject`;
  for (const bad of [
    undefined,
    {},
    { reason: '' },
    { reason: '   ' },
    { reason: 'x'.repeat(501) },
    { reason: 5 },
  ]) {
    expect((await hub.call('POST', path, bad)).status).toBe(422);
  }
  const { body: rejected } = await hub.call<Action>('POST', path, { reason: '  backup is running ' });
  expect(rejected).toMatchObject({
    status: 'rejected',
    reason: 'backup is running',
    decided_by: 'dashboard',
    expires_at: null,
  });
  expect(rejected.finished_at).not.toBeNull();
  expect((await hub.restart('nas', 'plex')).status).toBe(201);
});

test.each(['pending', 'approved'])('cancel takes back what is %s', async (status) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { action_id } =
    status === 'pending' ? (await hub.restart('nas', 'plex')).body : await hub.orderRestart('nas', 'plex');
  const { status: code, body } = await hub.call<Action>('POST', `/actions/${action_id}/cancel`);
  expect([code, body.status, body.decided_by]).toEqual([200, 'cancelled', 'dashboard']);
  // A server that comes back later is sent nothing of it.
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
});

test('what has been sent can be neither rejected nor approved again', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { action_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  for (const [verb, body] of [
    ['approve', {}],
    ['reject', { reason: 'late' }],
    ['resolve', { note: 'late' }],
  ] as const) {
    const answer = await hub.call('POST', `/actions/${action_id}/${verb}`, body);
    expect([verb, answer.status, answer.body.action_status]).toEqual([verb, 409, 'dispatched']);
  }
});

test('resolve closes only what is unknown, with a note', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 1 } });
  await using agent = await connectAgent(hub, 'nas');
  const { action_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  await expect.poll(async () => (await hub.action(action_id)).status).toBe('unknown');
  expect((await hub.restart<Problem>('nas', 'plex')).body.existing_action_id).toBe(action_id);
  const path = `/actions/${action_id}/resolve`;
  expect((await hub.call('POST', path, {})).status).toBe(422);
  const { body } = await hub.call<Action>('POST', path, { note: 'I looked: it runs' });
  expect(body).toMatchObject({ status: 'abandoned', reason: 'I looked: it runs', decided_by: 'dashboard' });
  expect((await hub.restart('nas', 'plex')).status).toBe(201);
});

test('an action that is not there is 404 for every verb', async () => {
  await using hub = await startTestHub();
  const bodies = { approve: {}, reject: { reason: 'x' }, cancel: {}, resolve: { note: 'x' } };
  for (const [verb, body] of Object.entries(bodies)) {
    expect((await hub.call('POST', `/actions/7/${verb}`, body)).status).toBe(404);
  }
  expect((await hub.call('GET', '/actions/7')).body.detail).toBe('There is no action #7');
});

test('a decision that comes after the deadline is refused, although the clock has not been written down', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { pendingTtlMs: 3_600_000 } });
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  clock.advance(3_600_000);
  const late = await hub.call('POST', `/actions/${body.action_id}/approve`);
  expect([late.status, late.body.action_status]).toEqual([409, 'expired']);
});
