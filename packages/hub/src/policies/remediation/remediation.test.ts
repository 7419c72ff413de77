import type { Action, Policy } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import {
  type ConnectedAgent,
  connectAgent,
  FACTS,
  failedReport,
  report,
} from '../../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';
import { autoPolicy, putPolicy } from '../../../test/policy-fixture.ts';

const running = (n: number) => report('plex.service', { invocation_id: String(n).repeat(32) });
const failed = (n: number) => failedReport('plex.service', { invocation_id: String(n).repeat(32) });
const actions = async (hub: TestHub) =>
  (await hub.call<{ actions: Action[] }>('GET', '/actions')).body.actions.toReversed();
const incidentOf = async (hub: TestHub) => (await hub.service('nas', 'plex'))?.automation ?? null;

async function expectedPlex(hub: TestHub): Promise<ConnectedAgent> {
  const agent = await connectAgent(hub, 'nas');
  agent.reports([running(1)]);
  await agent.settled();
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  return agent;
}

/** The clock goes on, the server is heard of, and something happens, so that what is due is looked at. */
async function pass(clock: HeldClock, agent: ConnectedAgent, byMs: number): Promise<void> {
  clock.advance(byMs);
  agent.send({ v: 2, type: 'facts', facts: { ...FACTS, addresses: [`192.0.2.${(byMs % 250) + 1}`] } });
  agent.send({ v: 2, type: 'facts', facts: FACTS });
  await agent.settled();
}

test('a service that fails is asked for after the wait, and an automatic policy approves it', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await expectedPlex(hub);
  agent.obey();
  await putPolicy(hub, 'nightly', autoPolicy({ service_name: 'plex', remediate: true }));
  clock.advance(10);
  agent.reports([failed(1)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ policy: 'nightly', state: 'waiting', tries: 0 });
  await pass(clock, agent, 29_000);
  expect(await actions(hub)).toEqual([]);
  await pass(clock, agent, 2000);
  await expect.poll(async () => (await actions(hub)).map((action) => action.status)).toEqual(['completed']);
  expect((await actions(hub))[0]).toMatchObject({
    created_by: 'policy:nightly',
    approved_by: 'policy:nightly',
  });
  agent.reports([running(2)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'resting', tries: 1 });
});

test('under a manual policy it asks, and a person decides; a no ends it until a person resumes', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await expectedPlex(hub);
  await putPolicy(hub, 'ask', { server_id: 'nas', mode: 'manual', remediate: true });
  agent.reports([failed(1)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting' });
  await pass(clock, agent, 31_000);
  await expect.poll(async () => (await actions(hub)).map((action) => action.status)).toEqual(['pending']);
  const [asked] = await actions(hub);
  await hub.call('POST', `/actions/${asked?.action_id}/reject`, { reason: 'leave it' });
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'stopped', because: 'A person said no.' });
  expect((await hub.call<Policy>('GET', '/policies/ask')).body.noted?.note).toContain(
    'Stopped for plex on nas',
  );
  await pass(clock, agent, 3_600_000);
  expect(await actions(hub)).toHaveLength(1);
  await hub.call('POST', '/policies/ask/resume');
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting', tries: 0 });
});

test('what a removed policy was doing is over, and pages are told', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await expectedPlex(hub);
  await putPolicy(hub, 'ask', { server_id: 'nas', mode: 'manual', remediate: true });
  agent.reports([failed(1)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting' });
  await hub.call('DELETE', '/policies/ask');
  const [told] = hub.rows<{ data_json: string }>(
    "SELECT data_json FROM events WHERE type = 'service.changed' ORDER BY id DESC LIMIT 1",
  );
  expect(JSON.parse(told?.data_json ?? '{}')).toMatchObject({ service: { automation: null } });
});

test('a service that falls again and again is tried three times, each a new action, and then left alone', async () => {
  const clock = new HeldClock();
  // The server is heard of after each leap of the clock, and is not to be taken for silent in between.
  const liveness = { staleAfterMs: 7_200_000, offlineAfterMs: 14_400_000 };
  await using hub = await startTestHub({ clock, liveness });
  await using agent = await expectedPlex(hub);
  agent.obey();
  await putPolicy(hub, 'nightly', autoPolicy({ remediate: true }));
  clock.advance(10);
  for (let n = 1; n <= 3; n += 1) {
    agent.reports([failed(n)]);
    await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting', tries: n - 1 });
    await pass(clock, agent, 11 * 60_000);
    await expect
      .poll(async () => (await actions(hub)).map((action) => action.status))
      .toEqual(Array.from({ length: n }, () => 'completed'));
    agent.reports([running(n + 1)]);
    await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'resting', tries: n });
  }
  agent.reports([failed(4)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'stopped', tries: 3 });
  await pass(clock, agent, 59 * 60_000);
  expect(await actions(hub)).toHaveLength(3);
  expect(new Set((await actions(hub)).map((action) => action.order_id)).size).toBe(3);
});

test('a hub that starts anew goes on where it was, and makes no try twice', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock();
  let key: KeyPair;
  {
    await using hub = await startTestHub({ clock, dataDir: folder.path });
    await using agent = await expectedPlex(hub);
    ({ key } = agent);
    await putPolicy(hub, 'ask', { server_id: 'nas', mode: 'manual', remediate: true });
    agent.reports([failed(1)]);
    await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting' });
  }
  clock.advance(20 * 60_000);
  {
    await using hub = await startTestHub({ clock, dataDir: folder.path });
    // While its server is silent nothing is asked for: nobody knows how the service is.
    expect(await actions(hub)).toEqual([]);
    await using agent = await connectAgent(hub, 'nas', { key });
    agent.reports([failed(1)]);
    await agent.settled();
    await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting' });
    await pass(clock, agent, 31_000);
    await expect.poll(async () => (await actions(hub)).length).toBe(1);
  }
  await using hub = await startTestHub({ clock, dataDir: folder.path });
  await using agent = await connectAgent(hub, 'nas', { key });
  agent.reports([failed(1)]);
  await pass(clock, agent, 60_000);
  expect(await actions(hub)).toHaveLength(1);
  expect(await incidentOf(hub)).toMatchObject({ state: 'acting', tries: 1 });
});

test('in shadow it writes down that it would have asked, and the service shows nothing of it', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await expectedPlex(hub);
  await putPolicy(hub, 'tried-out', autoPolicy({ remediate: true, shadow: true }));
  agent.reports([failed(1)]);
  await expect.poll(() => hub.rows('SELECT state FROM incidents')).toHaveLength(1);
  await pass(clock, agent, 31_000);
  const noted = async () => (await hub.call<Policy>('GET', '/policies/tried-out')).body.noted?.note;
  await expect.poll(noted).toBe('In shadow: it would have asked for a restart of plex on nas');
  expect(await incidentOf(hub)).toBeNull();
  expect(await actions(hub)).toEqual([]);
});

test('in maintenance and while frozen automation asks for nothing', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await expectedPlex(hub);
  await putPolicy(hub, 'ask', { server_id: 'nas', mode: 'manual', remediate: true });
  await hub.call('PUT', '/servers/nas/maintenance', { on: true });
  agent.reports([failed(1)]);
  await expect.poll(() => incidentOf(hub)).toMatchObject({ state: 'waiting' });
  await pass(clock, agent, 31_000);
  await pass(clock, agent, 61_000);
  await hub.call('PUT', '/freeze', { on: true });
  await hub.call('PUT', '/servers/nas/maintenance', { on: false });
  await pass(clock, agent, 62_000);
  expect(await actions(hub)).toEqual([]);
  await hub.call('PUT', '/freeze', { on: false });
  await pass(clock, agent, 63_000);
  await expect.poll(async () => (await actions(hub)).length).toBe(1);
});
