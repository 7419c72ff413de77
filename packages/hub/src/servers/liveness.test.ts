import { NO_READINGS, type ServerMetrics } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, report } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const SAMPLE = {
  ...NO_READINGS,
  cpu_percent: 12.5,
  load_1m: 1,
  load_5m: 1,
  load_15m: 1,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  disks: [],
  uptime_seconds: 5,
};

const livenessOf = (hub: TestHub, id: string) => async () => (await hub.server(id)).liveness;
const metricsOf = async (hub: TestHub) =>
  (await hub.call<{ metrics: ServerMetrics[] }>('GET', '/metrics/latest')).body.metrics;

test('never_seen → online → stale → offline → online, each told once', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  expect(await hub.server('nas')).toMatchObject({ liveness: 'never_seen', last_seen_at: null });
  // One that is asked for what it holds would answer, and so be heard, at a moment of its own.
  const facts = { ...FACTS, keeps_audit_heads: false };
  await using agent = await connectAgent(hub, 'nas', { facts });
  agent.reports([report('plex.service')]);
  await agent.settled();
  expect(await livenessOf(hub, 'nas')()).toBe('online');
  expect((await hub.service('nas', 'plex'))?.stale).toBe(false);
  // The link stays open; the agent is silent.
  clock.advance(30_000);
  await expect.poll(livenessOf(hub, 'nas')).toBe('stale');
  expect((await hub.service('nas', 'plex'))?.stale).toBe(true);
  clock.advance(150_000);
  await expect.poll(livenessOf(hub, 'nas')).toBe('offline');
  agent.reports([report('plex.service')]);
  await expect.poll(livenessOf(hub, 'nas')).toBe('online');
  const told = hub
    .rows<{ data_json: string }>("SELECT data_json FROM events WHERE type = 'server.changed' ORDER BY id")
    .map((row) => JSON.parse(row.data_json).server.liveness);
  // The first is the fact of its facts.
  expect(told.slice(0, 5)).toEqual(['never_seen', 'online', 'stale', 'offline', 'online']);
});

test('a lost link is told at once; a new one too', async () => {
  await using hub = await startTestHub();
  const first = await connectAgent(hub, 'nas');
  first.socket.terminate();
  await expect.poll(livenessOf(hub, 'nas')).toBe('stale');
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect(await livenessOf(hub, 'nas')()).toBe('online');
  expect(second.framesOf('goodbye')).toEqual([]);
});

test('an agent that keeps talking keeps its server online', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 500, offlineAfterMs: 1000 } });
  await using agent = await connectAgent(hub, 'nas');
  const since = (await hub.server('nas')).liveness_since;
  let frames = 0;
  await expect
    .poll(
      () => {
        agent.send({ v: 2, type: 'metrics', sample: SAMPLE, services: [] });
        frames += 1;
        return frames;
      },
      { interval: 50, timeout: 4000 },
    )
    .toBeGreaterThan(24);
  const server = await hub.server('nas');
  expect([server.liveness, server.liveness_since]).toEqual(['online', since]);
});

test('readings are current only while the server is online', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.send({ v: 2, type: 'metrics', sample: SAMPLE, services: [] });
  await agent.settled();
  expect(await metricsOf(hub)).toMatchObject([{ server_id: 'nas', sample: SAMPLE }]);
  agent.socket.terminate();
  await expect.poll(() => metricsOf(hub)).toEqual([]);
});

test('a server that was online when the hub was killed is not online when it starts again', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using agent = await connectAgent(hub, 'nas');
    await agent.settled();
  }
  // As a hub that was killed leaves it.
  const rows = { liveness: { staleAfterMs: 30_000, offlineAfterMs: 180_000 }, dataDir: folder.path };
  {
    await using hub = await startTestHub(rows);
    await hub.write("UPDATE servers SET liveness = 'online'");
  }
  await using hub = await startTestHub(rows);
  expect(await livenessOf(hub, 'nas')()).toBe('stale');
});

test('a server that has been silent long enough while the hub was down is offline when it starts', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using agent = await connectAgent(hub, 'nas');
    await agent.settled();
  }
  await using hub = await startTestHub({
    dataDir: folder.path,
    liveness: { staleAfterMs: 1, offlineAfterMs: 2 },
  });
  expect(await livenessOf(hub, 'nas')()).toBe('offline');
  expect((await hub.server('nas')).last_seen_at).not.toBeNull();
});
