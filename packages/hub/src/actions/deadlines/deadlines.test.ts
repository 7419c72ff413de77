import type { Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';

const statusOf = (hub: TestHub, id: number) => async () => (await hub.action(id)).status;

test('a pending request expires, and the next one is possible', async () => {
  await using hub = await startTestHub({ timing: { pendingTtlMs: 50 } });
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  expect(Date.parse(body.expires_at ?? '') - Date.parse(body.created_at)).toBe(50);
  await expect.poll(statusOf(hub, body.action_id)).toBe('expired');
  const expired = await hub.action(body.action_id);
  expect(expired.expires_at).toBeNull();
  expect(expired.steps.at(-1)).toMatchObject({
    step: 'expired',
    actor: 'hub',
    detail: 'Nobody decided in time',
  });
  expect((await hub.restart('nas', 'plex')).status).toBe(201);
});

test('an approval that cannot be delivered expires, and is never delivered', async () => {
  await using hub = await startTestHub({ timing: { approvedTtlMs: 50 } });
  await hub.addServer('nas');
  const action = await hub.orderRestart('nas', 'plex');
  await expect.poll(statusOf(hub, action.action_id)).toBe('expired');
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
});

test('an approval whose time has passed is not delivered, although the clock has not been written down', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { approvedTtlMs: 3_600_000 } });
  await hub.addServer('nas');
  const action = await hub.orderRestart('nas', 'plex');
  clock.advance(3_600_000);
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  expect(['approved', 'expired']).toContain(await statusOf(hub, action.action_id)());
});

test('the nearest deadline is kept, whichever was set last', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { pendingTtlMs: 60, approvedTtlMs: 3_600_000 } });
  await hub.addServer('nas');
  const first = await hub.restart('nas', 'plex');
  const second = await hub.orderRestart('nas', 'sonarr');
  clock.advance(60);
  await expect.poll(statusOf(hub, first.body.action_id)).toBe('expired');
  expect((await hub.action(second.action_id)).status).toBe('approved');
});

test('a dispatched order without an answer in its lease is unknown, and blocks the service', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 50 } });
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  await expect.poll(statusOf(hub, action.action_id)).toBe('unknown');
  const second = await hub.restart<Problem>('nas', 'plex');
  expect(second.body).toMatchObject({ existing_action_id: action.action_id, action_status: 'unknown' });
  expect(second.body.detail).toContain('resolve action #1 first');
  // Nothing runs it again, as long as nobody asks anew.
  await agent.settled();
  expect(agent.framesOf('order')).toHaveLength(1);
});

test('each word from the agent renews the lease of an executing order; silence makes it unknown', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { executingLeaseMs: 10_000 } });
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  const { order } = await agent.frame('order');
  const deadline = () => {
    const [row] = hub.rows<{ deadline_at: string }>('SELECT deadline_at FROM actions');
    return Date.parse(row?.deadline_at ?? '') - clock.nowMs();
  };
  for (const step of ['started', 'systemctl_done', 'verifying'] as const) {
    clock.advance(4000);
    agent.progress(order.order_id, step);
    await agent.settled();
    // Once the service is up its probe may be asked, for a minute at most.
    expect(deadline()).toBe(step === 'verifying' ? 70_000 : 10_000);
  }
  expect((await hub.action(action.action_id)).status).toBe('executing');
});

test('an executing order whose lease runs out is unknown', async () => {
  await using hub = await startTestHub({ timing: { executingLeaseMs: 50 } });
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  agent.progress((await agent.frame('order')).order.order_id, 'started');
  await expect.poll(statusOf(hub, action.action_id)).toBe('unknown');
  expect((await hub.action(action.action_id)).steps.at(-1)?.detail).toMatch(/No word from the agent/);
});

test.each(['dispatched', 'executing'])(
  'a server that goes offline makes what is %s unknown',
  async (status) => {
    await using hub = await startTestHub({ liveness: { staleAfterMs: 500, offlineAfterMs: 1000 } });
    const agent = await connectAgent(hub, 'nas');
    const action = await hub.orderRestart('nas', 'plex');
    const { order } = await agent.frame('order');
    if (status === 'executing') agent.progress(order.order_id, 'started');
    agent.socket.terminate();
    await expect.poll(statusOf(hub, action.action_id)).toBe('unknown');
    expect((await hub.action(action.action_id)).steps.at(-1)?.detail).toBe('Contact with nas was lost');
  },
);

test('deadlines that passed while the hub was down are kept before it answers anybody', async () => {
  using folder = disposableFolder();
  let actions: Action[];
  {
    await using hub = await startTestHub({
      dataDir: folder.path,
      timing: { pendingTtlMs: 1000, approvedTtlMs: 1000 },
    });
    await hub.addServer('nas');
    actions = [(await hub.restart('nas', 'plex')).body, await hub.orderRestart('nas', 'sonarr')];
  }
  const clock = new HeldClock();
  clock.advance(5000);
  await using hub = await startTestHub({ dataDir: folder.path, clock });
  for (const { action_id } of actions) expect((await hub.action(action_id)).status).toBe('expired');
});

test('one deadline that cannot be kept does not keep the others from being kept', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { pendingTtlMs: 60 } });
  await hub.addServer('nas');
  const broken = await hub.restart('nas', 'broken');
  const sound = await hub.restart('nas', 'sound');
  // Nothing in the product writes such a row; it stands for any fault that sticks to one action.
  await hub.write(
    "UPDATE actions SET also_restarts_json = 'not JSON' WHERE action_id = ?",
    broken.body.action_id,
  );
  clock.advance(60);
  await expect.poll(statusOf(hub, sound.body.action_id)).toBe('expired');
  expect(hub.rows('SELECT status FROM actions WHERE action_id = ?', broken.body.action_id)).toEqual([
    { status: 'pending' },
  ]);
  await hub.write("UPDATE actions SET also_restarts_json = '[]' WHERE action_id = ?", broken.body.action_id);
  await expect.poll(statusOf(hub, broken.body.action_id), { timeout: 5000 }).toBe('expired');
});

const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;

/** What has happened lies in the future of a clock that was set back, and so do all deadlines. */
test('a clock that is set back by years keeps nothing waiting: what was not sent never is', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock();
  let actions: Action[];
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await hub.addServer('nas');
    actions = [(await hub.restart('nas', 'plex')).body, await hub.orderRestart('nas', 'sonarr')];
  }
  clock.advance(-TEN_YEARS_MS);
  await using hub = await startTestHub({ dataDir: folder.path, clock });
  for (const { action_id } of actions) {
    const { status, steps } = await hub.action(action_id);
    expect(status).toBe('expired');
    expect(steps.at(-1)?.detail).toBe(
      'The clock of the hub was set back, so nobody knows how long it has waited',
    );
  }
});

test('a clock that is set back while the hub runs lets nothing out that was approved before, nor approves it', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  const pending = (await hub.restart('nas', 'plex')).body;
  const approved = await hub.orderRestart('nas', 'sonarr');
  clock.advance(-TEN_YEARS_MS);
  const { status, body } = await hub.call<Problem>('POST', `/actions/${pending.action_id}/approve`);
  expect([status, body.action_status]).toEqual([409, 'expired']);
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  expect((await hub.action(approved.action_id)).status).not.toBe('dispatched');
});

test('an order that is out when the clock is set back is unknown, and its evidence still counts', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  const { order } = await agent.frame('order');
  clock.advance(-TEN_YEARS_MS);
  // Another action makes the hub look at its deadlines; without one it looks once a minute.
  await hub.restart('nas', 'sonarr');
  await expect.poll(statusOf(hub, action.action_id)).toBe('unknown');
  agent.result(order.order_id);
  await expect.poll(statusOf(hub, action.action_id)).toBe('completed');
});

test('a clock that is set right by a few seconds ends nothing', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  const approved = await hub.orderRestart('nas', 'plex');
  clock.advance(-4000);
  await using agent = await connectAgent(hub, 'nas');
  expect((await agent.frame('order')).order.order_id).toBe(approved.order_id);
});

test('a clock that is set ahead by years ends what waits, and the hub goes on', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  const pending = (await hub.restart('nas', 'plex')).body;
  clock.advance(TEN_YEARS_MS);
  const after = await hub.orderRestart('nas', 'sonarr');
  await expect.poll(statusOf(hub, after.action_id)).toBe('completed');
  await expect.poll(statusOf(hub, pending.action_id)).toBe('expired');
});
