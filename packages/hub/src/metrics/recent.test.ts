import { MetricSample, RecentMetrics } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, type ConnectedAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail, writesWork } from '../../test/store-access.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-01-01T12:00:00.000Z');

const SAMPLE = MetricSample.parse({
  cpu_percent: 10,
  memory_used_bytes: 2e9,
  memory_total_bytes: 8e9,
  disks: [
    { mount: '/', used_bytes: 10, total_bytes: 100 },
    { mount: '/data', used_bytes: 70, total_bytes: 100 },
  ],
});

async function tell(agent: ConnectedAgent, ...changes: Partial<MetricSample>[]): Promise<void> {
  for (const change of changes)
    agent.send({ v: 2, type: 'metrics', sample: { ...SAMPLE, ...change }, services: [] });
  await agent.settled();
}

const recentOf = async (hub: TestHub) => RecentMetrics.parse((await hub.call('GET', '/metrics/recent')).body);

/** The last points of a server, newest last; every line has a point for each of the 60 minutes. */
async function lastOf(hub: TestHub, count: number, serverId = 'nas') {
  const { servers } = await recentOf(hub);
  const line = servers.find((server) => server.server_id === serverId);
  for (const points of [line?.cpu_percent, line?.memory_percent, line?.disk_percent])
    expect(points).toHaveLength(60);
  return {
    cpu: line?.cpu_percent.slice(-count),
    memory: line?.memory_percent.slice(-count),
    disk: line?.disk_percent.slice(-count),
  };
}

test('a point is the mean of its minute; the disk is the fullest one; the minute that runs is the last point', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  expect((await recentOf(hub)).servers).toEqual([]);
  await tell(agent, { cpu_percent: 10 }, { cpu_percent: 20 }, { cpu_percent: 20.5 });
  expect(await lastOf(hub, 2)).toEqual({ cpu: [null, 16.8], memory: [null, 25], disk: [null, 70] });
  clock.advance(MINUTE_MS);
  await tell(agent, { cpu_percent: 90 });
  expect((await lastOf(hub, 3)).cpu).toEqual([null, 16.8, 90]);
  const { from, step_ms } = await recentOf(hub);
  expect([from, step_ms]).toEqual(['2026-01-01T11:02:00.000Z', MINUTE_MS]);
});

test('where there was no reading there is a gap, and never 0', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await tell(agent, { cpu_percent: null, memory_used_bytes: null, disks: [] });
  expect(await lastOf(hub, 1)).toEqual({ cpu: [null], memory: [null], disk: [null] });
  await tell(agent, { cpu_percent: 0, memory_total_bytes: 0 });
  expect(await lastOf(hub, 1)).toEqual({ cpu: [0], memory: [null], disk: [70] });
  clock.advance(3 * MINUTE_MS);
  await tell(agent, { cpu_percent: 5, memory_used_bytes: 9e9 });
  // More than all of it is all of it.
  expect(await lastOf(hub, 4)).toEqual({
    cpu: [0, null, null, 5],
    memory: [null, null, null, 100],
    disk: [70, null, null, 70],
  });
});

test('minutes are kept when the hub stops, also the one that runs', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  let key = newKeyPair();
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await using agent = await connectAgent(hub, 'nas');
    ({ key } = agent);
    await tell(agent, { cpu_percent: 10 });
    clock.advance(MINUTE_MS);
    await tell(agent, { cpu_percent: 20 });
  }
  clock.advance(2 * MINUTE_MS);
  await using hub = await startTestHub({ dataDir: folder.path, clock });
  expect((await lastOf(hub, 4)).cpu).toEqual([10, 20, null, null]);
  await using agent = await connectAgent(hub, 'nas', { key });
  await tell(agent, { cpu_percent: 30 });
  expect((await lastOf(hub, 4)).cpu).toEqual([10, 20, null, 30]);
});

test('what is older than an hour is not shown, and who said nothing in it has no line', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await tell(agent, {});
  clock.advance(59 * MINUTE_MS);
  expect((await recentOf(hub)).servers[0]?.cpu_percent[0]).toBe(10);
  clock.advance(MINUTE_MS);
  expect((await recentOf(hub)).servers).toEqual([]);
});

test('a clock that is set back mixes up no minutes', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await tell(agent, { cpu_percent: 80 });
  clock.advance(-2 * MINUTE_MS);
  await tell(agent, { cpu_percent: 10 });
  expect((await lastOf(hub, 2)).cpu).toEqual([null, 10]);
  clock.advance(2 * MINUTE_MS);
  expect((await lastOf(hub, 3)).cpu).toEqual([10, null, 80]);
});

test('every server has a line of its own, and one that is deleted has none from then on', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using nas = await connectAgent(hub, 'nas');
  await using attic = await connectAgent(hub, 'attic');
  await tell(nas, { cpu_percent: 10 });
  await tell(attic, { cpu_percent: 20 });
  expect((await lastOf(hub, 1, 'nas')).cpu).toEqual([10]);
  expect((await lastOf(hub, 1, 'attic')).cpu).toEqual([20]);
  await hub.call('DELETE', '/servers/nas');
  expect((await recentOf(hub)).servers.map((server) => server.server_id)).toEqual(['attic']);
  clock.advance(MINUTE_MS);
  expect((await recentOf(hub)).servers.map((server) => server.server_id)).toEqual(['attic']);
  expect(hub.rows('SELECT DISTINCT server_id FROM metric_blocks')).toEqual([{ server_id: 'attic' }]);
  expect(hub.faults).toEqual([]);
});

test('the newest readings are those of the servers that are heard from', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const latest = async () =>
    (await hub.call<{ metrics: { server_id: string }[] }>('GET', '/metrics/latest')).body.metrics;
  expect(await latest()).toEqual([]);
  await tell(agent, { cpu_percent: 33 });
  expect(await latest()).toMatchObject([{ server_id: 'nas', sample: { cpu_percent: 33 } }]);
  agent.socket.terminate();
  await expect.poll(latest).toEqual([]);
});

test('what cannot be written is said once, is shown meanwhile, and is written when that works again', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await writesFail(hub, 'INSERT', 'metric_blocks');
  for (const cpu_percent of [1, 2]) {
    await tell(agent, { cpu_percent });
    clock.advance(MINUTE_MS);
    expect((await lastOf(hub, 2)).cpu).toEqual([cpu_percent, null]);
  }
  expect(hub.faults.map((line) => line.msg)).toEqual(['readings could not be kept; it is tried again']);
  expect(hub.rows('SELECT * FROM metric_blocks')).toEqual([]);
  await writesWork(hub, 'metric_blocks');
  await tell(agent, { cpu_percent: 3 });
  clock.advance(MINUTE_MS);
  expect((await lastOf(hub, 4)).cpu).toEqual([1, 2, 3, null]);
  expect(hub.rows('SELECT DISTINCT at FROM metric_blocks WHERE step_ms = 60000')).toHaveLength(1);
  expect(hub.faults).toHaveLength(1);
});
