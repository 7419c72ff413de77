import { type DayMark, FleetDay } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, type ConnectedAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail, writesWork } from '../../test/store-access.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-01-01T00:00:00.000Z');

/** The marks, as soon as the follower has taken in everything that the hub has written. */
async function marksOf(hub: TestHub): Promise<DayMark[]> {
  return FleetDay.parse((await hub.call('GET', '/fleet/day')).body).marks;
}

/** What is told of a mark, without its number. */
const toldOf = async (hub: TestHub) =>
  (await marksOf(hub)).map(({ kind, server_id, service_name, at, until, detail, action_id }) => ({
    kind,
    ...{ server_id, service_name, at, until, detail, action_id },
  }));

async function expectPlex(hub: TestHub): Promise<void> {
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
}

async function send(agent: ConnectedAgent, ...reports: Parameters<typeof agent.reports>[0]): Promise<void> {
  agent.reports(reports);
  await agent.settled();
}

const DOWN = {
  kind: 'service_down',
  server_id: 'nas',
  service_name: 'plex',
  at: '2026-01-01T00:00:00.000Z',
  action_id: null,
};

test('an expected service that is down has a mark that lasts until it runs again', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await expectPlex(hub);
  await send(agent, report('plex.service'), failedReport('nobody-cares.service'));
  await send(agent, failedReport('plex.service'));
  await expect.poll(() => toldOf(hub)).toEqual([{ ...DOWN, until: null, detail: 'Failed' }]);
  // It is still down, in other words: the same mark goes on.
  clock.advance(60_000);
  await send(agent, failedReport('plex.service', { status: 'stopped', result: 'success' }));
  await send(agent, report('plex.service'));
  const ended = { ...DOWN, until: '2026-01-01T00:01:00.000Z', detail: 'Failed' };
  await expect.poll(() => toldOf(hub)).toEqual([ended]);
});

test.each<[string, Parameters<typeof report>[1], string]>([
  ['stopped', { status: 'stopped', state_class: 'down' }, 'Stopped'],
  ['failed', { status: 'failed', state_class: 'down' }, 'Failed'],
  [
    'not there',
    { status: 'not_found', state_class: 'down', load_state: 'not-found', unit_file: '' },
    'Not found',
  ],
  [
    'in a loop of crashes',
    { status: 'activating', state_class: 'crash_loop', sub_state: 'auto-restart' },
    'Crash loop',
  ],
  [
    'not answering',
    { probe: { verdict: 'not_answering', detail: 'Connection refused', since: null } },
    'Not answering',
  ],
])('a service that is %s is marked so', async (_what, change, detail) => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const probe = { kind: 'tcp', port: 80 };
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex', probe });
  await send(agent, report('plex.service', change));
  await expect.poll(() => marksOf(hub)).toMatchObject([{ kind: 'service_down', detail, until: null }]);
});

test.each(['forget it', 'switch it off'])('a mark ends when people no longer care: %s', async (how) => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await expectPlex(hub);
  await send(agent, failedReport('plex.service'));
  await expect.poll(() => marksOf(hub)).toHaveLength(1);
  const path = '/servers/nas/services/plex';
  if (how === 'forget it') await hub.call('DELETE', path);
  else await hub.call('PATCH', path, { enabled: false });
  await expect.poll(async () => (await marksOf(hub))[0]?.until).toMatch(/Z$/);
});

test('a server that is offline has a mark until it is back; one that is only silent has none', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  const agent = await connectAgent(hub, 'nas');
  agent.socket.terminate();
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
  expect(await marksOf(hub)).toEqual([]);
  clock.advance(180_000);
  const offline = {
    kind: 'server_offline',
    server_id: 'nas',
    service_name: null,
    at: '2026-01-01T00:03:00.000Z',
    detail: 'Offline',
    action_id: null,
  };
  await expect.poll(() => toldOf(hub)).toEqual([{ ...offline, until: null }]);
  clock.advance(60_000);
  await using _again = await connectAgent(hub, 'nas', { key: agent.key });
  await expect.poll(() => toldOf(hub)).toEqual([{ ...offline, until: '2026-01-01T00:04:00.000Z' }]);
});

test.each([
  ['completed', 'Restarted'],
  ['failed', 'Restart failed'],
] as const)('a restart that %s has a mark of one moment, with its action', async (outcome, detail) => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  agent.obey({ outcome });
  const action = await hub.orderRestart('nas', 'plex');
  const at = '2026-01-01T00:00:00.000Z';
  const mark = { kind: 'restart', server_id: 'nas', service_name: 'plex', at, until: at, detail };
  await expect.poll(() => toldOf(hub)).toEqual([{ ...mark, action_id: action.action_id }]);
});

test('a restart of unknown outcome is marked; one that never ran is not', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 1 } });
  await using agent = await connectAgent(hub, 'nas');
  const asked = await hub.restart('nas', 'sonarr');
  await hub.call('POST', `/actions/${asked.body.action_id}/reject`, { reason: 'no' });
  await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  const mark = { kind: 'restart', service_name: 'plex', detail: 'Outcome of a restart unknown' };
  await expect.poll(() => marksOf(hub)).toMatchObject([mark]);
});

test('the day is the last 24 hours: what ended before is gone, what still lasts is there', async () => {
  const clock = new HeldClock(START_MS);
  // The clock leaps by more than a server may be silent.
  const liveness = { staleAfterMs: 365 * DAY_MS, offlineAfterMs: 366 * DAY_MS };
  await using hub = await startTestHub({ clock, liveness });
  await using agent = await connectAgent(hub, 'nas');
  for (const service_name of ['plex', 'sonarr', 'radarr'])
    await hub.call('POST', '/servers/nas/services', { service_name });
  await send(agent, failedReport('plex.service'), failedReport('sonarr.service'));
  clock.advance(HOUR_MS);
  await send(agent, report('sonarr.service'));
  await send(agent, failedReport('radarr.service'));
  await expect.poll(() => marksOf(hub)).toHaveLength(3);
  const names = async () => (await marksOf(hub)).map((mark) => mark.service_name);

  clock.advance(23 * HOUR_MS);
  const { from, to } = FleetDay.parse((await hub.call('GET', '/fleet/day')).body);
  expect([from, to]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
  clock.advance(HOUR_MS);
  // Sonarr ended exactly 24 hours ago.
  expect(await names()).toEqual(['plex', 'sonarr', 'radarr']);
  clock.advance(1);
  expect(await names()).toEqual(['plex', 'radarr']);
  clock.advance(30 * 24 * HOUR_MS);
  await send(agent, report('plex.service'));
  await expect.poll(names).toEqual(['plex', 'radarr']);
  // What ended long ago does not pile up.
  await expect
    .poll(() => hub.rows('SELECT service_name FROM day_marks ORDER BY event_id'))
    .toEqual([{ service_name: 'plex' }, { service_name: 'radarr' }]);
});

test('marks outlive the hub, and one that lasts is ended by the next hub', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  let key = newKeyPair();
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await using agent = await connectAgent(hub, 'nas');
    ({ key } = agent);
    await expectPlex(hub);
    await send(agent, failedReport('plex.service'));
    await expect.poll(() => marksOf(hub)).toHaveLength(1);
  }
  clock.advance(60_000);
  await using hub = await startTestHub({ dataDir: folder.path, clock });
  expect(await toldOf(hub)).toEqual([{ ...DOWN, until: null, detail: 'Failed' }]);
  await using agent = await connectAgent(hub, 'nas', { key });
  await send(agent, failedReport('plex.service', { status: 'stopped' }));
  await send(agent, report('plex.service'));
  const ended = { ...DOWN, until: '2026-01-01T00:01:00.000Z', detail: 'Failed' };
  await expect.poll(() => toldOf(hub)).toEqual([ended]);
});

test('a mark that could not be written the first time is written when the event is tried again', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await expectPlex(hub);
  await send(agent, report('plex.service'));
  await writesFail(hub, 'INSERT', 'follower_cursors');
  await send(agent, failedReport('plex.service'));
  const fault = 'a follower failed; it tries again';
  await expect.poll(() => hub.faults.map((line) => line.msg)).toContain(fault);
  await writesWork(hub, 'follower_cursors');
  await expect.poll(() => marksOf(hub)).toMatchObject([{ service_name: 'plex', until: null }]);
});

test('a server that is deleted takes its marks along, and a new one of its name begins without any', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await expectPlex(hub);
  await send(agent, failedReport('plex.service'));
  await expect.poll(() => marksOf(hub)).toHaveLength(1);
  await hub.call('DELETE', '/servers/nas');
  expect(await marksOf(hub)).toEqual([]);
  await using again = await connectAgent(hub, 'nas');
  await expectPlex(hub);
  await send(again, failedReport('plex.service'));
  await expect.poll(() => marksOf(hub)).toMatchObject([{ service_name: 'plex', until: null }]);
});

test('a hub that reads the whole log again, as after an update, gives a new server no marks of the old one', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using agent = await connectAgent(hub, 'nas');
    await expectPlex(hub);
    await send(agent, failedReport('plex.service'));
    await hub.call('DELETE', '/servers/nas');
    await using again = await connectAgent(hub, 'nas');
    await expectPlex(hub);
    await send(again, report('plex.service'));
    again.obey();
    await hub.orderRestart('nas', 'plex');
    await again.frame('result_ack', 2);
    await expect.poll(() => marksOf(hub)).toMatchObject([{ kind: 'restart' }]);
    await hub.write('DELETE FROM day_marks');
    await hub.write(`DELETE FROM follower_cursors WHERE follower = 'day'`);
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => marksOf(hub)).toMatchObject([{ kind: 'restart', service_name: 'plex' }]);
});
