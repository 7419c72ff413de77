import type { Action, Automation } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub } from '../../test/hub-fixture.ts';
import { autoPolicy, decided, putPolicy } from '../../test/policy-fixture.ts';

const MINUTE = 60_000;

test('the first automatic restart goes alone; the next waits its turn and goes when that one went well', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([failedReport('a.service'), failedReport('b.service')]);
  await agent.settled();
  await putPolicy(hub, 'nightly', autoPolicy());
  const first = (await hub.restart('nas', 'a')).body;
  await agent.frame('order');
  const second = (await hub.restart('nas', 'b')).body;
  await decided(hub);
  const steps = (await hub.action(second.action_id)).steps.map((step) => step.step);
  expect(steps).toEqual(['pending', 'waits_its_turn']);
  agent.progress(first.order_id, 'started');
  agent.result(first.order_id);
  expect((await agent.frame('order', 2)).order.order_id).toBe(second.order_id);
});

test('in a large fleet too the first goes alone; when it went well, a tenth of the servers at once', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  for (let n = 1; n < 30; n += 1) await hub.addServer(`server-${n}`);
  const names = ['a', 'b', 'c', 'd', 'e'];
  agent.reports(names.map((name) => failedReport(`${name}.service`)));
  await agent.settled();
  await putPolicy(hub, 'nightly', autoPolicy());
  const asked: Action[] = [];
  for (const name of names) asked.push((await hub.restart('nas', name)).body);
  await decided(hub);
  await agent.settled();
  const [first, ...others] = asked.map((action) => action.order_id);
  expect(agent.framesOf('order').map(({ order }) => order.order_id)).toEqual([first]);
  agent.progress(first ?? '', 'started');
  agent.result(first ?? '');
  await agent.frame('order', 4);
  await agent.settled();
  expect(agent.framesOf('order').map(({ order }) => order.order_id)).toEqual([first, ...others.slice(0, 3)]);
});

test('when the first fails the policy pauses, and what waited stays with people', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([failedReport('a.service'), failedReport('b.service')]);
  await agent.settled();
  await putPolicy(hub, 'nightly', autoPolicy());
  const first = (await hub.restart('nas', 'a')).body;
  await agent.frame('order');
  const second = (await hub.restart('nas', 'b')).body;
  await decided(hub);
  agent.progress(first.order_id, 'started');
  agent.result(first.order_id, { outcome: 'failed', code: 'exit-code', exit_code: 1 });
  await expect.poll(() => hub.rows('SELECT name FROM policies WHERE paused_at IS NOT NULL')).toHaveLength(1);
  await agent.settled();
  expect((await hub.action(second.action_id)).status).toBe('pending');
});

test('while many servers turn unhealthy at once automation holds still and says so; afterwards it says that it goes on', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  await putPolicy(hub, 'nightly', autoPolicy());
  for (const serverId of ['b', 'c']) {
    await using other = await connectAgent(hub, serverId);
    await other.settled();
  }
  await expect.poll(() => hub.rows("SELECT 1 FROM servers WHERE liveness = 'stale'")).toHaveLength(2);
  const asked = (await hub.restart('nas', 'plex')).body;
  await decided(hub);
  const held = (await hub.action(asked.action_id)).steps.at(-1);
  expect(held).toMatchObject({ step: 'left_to_a_person', detail: expect.stringContaining('2 of 3 servers') });
  const automation = async () => (await hub.call<Automation>('GET', '/automation')).body.halted;
  expect(await automation()).toMatchObject({ because: expect.stringContaining('the hub or the network') });

  // They go on from stale to offline, which is the same outage and a new moment of it.
  const later = async (byMs: number) => {
    clock.advance(byMs);
    agent.send({ v: 2, type: 'facts', facts: FACTS });
    await agent.settled();
  };
  await later(4 * MINUTE);
  await expect.poll(() => hub.rows("SELECT 1 FROM servers WHERE liveness = 'offline'")).toHaveLength(2);
  await later(6 * MINUTE);
  await hub.call<Action>('POST', `/actions/${asked.action_id}/cancel`);
  await hub.restart('nas', 'plex');
  await decided(hub);
  expect(await automation()).toBeNull();
  expect(hub.rows("SELECT type FROM events WHERE type = 'automation.changed'")).toHaveLength(2);
});
