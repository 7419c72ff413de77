import { NO_READINGS, type Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport, report } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const namesOf = async (hub: TestHub, path: string) => {
  const { body } = await hub.call<{ services: Service[] }>('GET', path);
  return body.services.map((service) => service.service_name);
};

const eventsOf = (hub: TestHub) =>
  hub.rows<{ type: string }>("SELECT type FROM events WHERE type LIKE 'service.%'");

test('a report is shown in the product’s words, with systemd’s own beside them', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const failed = failedReport('plex.service');
  agent.reports([failed]);
  await agent.settled();
  const service = await hub.service('nas', 'plex');
  const { unit, ...asReported } = failed;
  expect(unit).toBe('plex.service');
  expect(service).toMatchObject(asReported);
  expect(service).toMatchObject({
    server_id: 'nas',
    target: 'systemd:plex.service',
    expected: false,
    open_action_id: null,
    stale: false,
  });
  const { body } = await hub.restart('nas', 'plex.service');
  expect((await hub.service('nas', 'plex'))?.open_action_id).toBe(body.action_id);
});

test('what is expected and what is observed are one service, whichever comes first', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', {
    service_name: 'plex',
    critical: true,
    display_name: 'Films',
  });
  expect(await hub.service('nas', 'plex')).toMatchObject({
    status: 'unknown',
    observed_at: null,
    expected: true,
  });
  agent.reports([report('plex.service'), report('sonarr.service')]);
  await agent.settled();
  expect(await hub.service('nas', 'plex')).toMatchObject({
    status: 'running',
    expected: true,
    critical: true,
    display_name: 'Films',
  });
  await hub.call('POST', '/servers/nas/services', { service_name: 'sonarr.service' });
  expect(await hub.service('nas', 'sonarr.service')).toMatchObject({ status: 'running', expected: true });
  expect(await namesOf(hub, '/servers/nas/services')).toEqual(['plex', 'sonarr.service']);
  expect(await namesOf(hub, '/servers/nas/services/discovered')).toEqual([]);
});

test('an expected service that nobody has reported says so, and cannot be restarted yet', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.call<Service>('POST', '/servers/nas/services', { service_name: 'plex' });
  expect(body).toMatchObject({
    status: 'unknown',
    state_class: null,
    active_state: null,
    restartable: {
      allowed: false,
      reason: 'The server has not reported this service yet.',
      fix_command: null,
    },
    stale: true,
  });
});

test('a change of usage alone is no fact; any other change is one', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  agent.reports([report('plex.service')]);
  agent.reports([report('plex.service', { memory_bytes: 7, cpu_percent: 80 })]);
  await agent.settled();
  expect(eventsOf(hub)).toHaveLength(1);
  agent.reports([report('plex.service', { pid: 101 })]);
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  expect(eventsOf(hub)).toHaveLength(3);
});

test('memory and processor use come from the newest metrics, while they speak of the same process', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const sample = { ...NO_READINGS, cpu_percent: 1 };
  agent.reports([report('plex.service', { pid: 100, memory_bytes: 1 })]);
  agent.send({
    v: 2,
    type: 'metrics',
    sample,
    services: [{ unit: 'plex.service', pid: 100, memory_bytes: 555, cpu_percent: 5 }],
  });
  await agent.settled();
  expect(await hub.service('nas', 'plex')).toMatchObject({ memory_bytes: 555, cpu_percent: 5 });
  // It was killed: the last reading is of a process that is no more.
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  expect(await hub.service('nas', 'plex')).toMatchObject({ memory_bytes: null, cpu_percent: null });
  agent.reports([report('plex.service', { pid: 200, memory_bytes: 2, cpu_percent: null })]);
  await agent.settled();
  expect(await hub.service('nas', 'plex')).toMatchObject({ memory_bytes: 2, cpu_percent: null });
});

test('a complete list forgets what is not in it, but not what is expected', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports(['plex', 'sonarr', 'radarr'].map((name) => report(`${name}.service`)));
  agent.reports([report('radarr.service')], true);
  await agent.settled();
  expect(await namesOf(hub, '/servers/nas/services')).toEqual(['plex', 'radarr']);
  expect(await hub.service('nas', 'plex')).toMatchObject({ status: 'unknown', expected: true });
  agent.reports([], true);
  agent.reports([], false);
  await agent.settled();
  expect(await namesOf(hub, '/servers/nas/services')).toEqual(['plex']);
  const removed = hub.rows<{ data_json: string }>(
    "SELECT data_json FROM events WHERE type = 'service.removed'",
  );
  expect(removed.map((row) => JSON.parse(row.data_json).service_name)).toEqual(['sonarr', 'radarr']);
});

test('a frame that speaks of a service twice leaves the second word', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service'), failedReport('plex.service')]);
  await agent.settled();
  expect((await hub.service('nas', 'plex'))?.status).toBe('failed');
  expect(hub.faults).toEqual([]);
});

test.each(['', 'ple\0x', '\ud800', 'x'.repeat(256)])(
  'a unit that no service can be called ends the link: %j',
  async (unit) => {
    await using hub = await startTestHub();
    await using agent = await connectAgent(hub, 'nas');
    agent.reports([report(unit)]);
    expect((await agent.frame('goodbye')).detail).toMatch(/reports.0.unit/);
  },
);

test.each(['.service', 'a.timer', 'sp ace', '<i>.service', 'plex'])(
  'an odd unit is shown, and the list goes on: %j',
  async (unit) => {
    await using hub = await startTestHub();
    await using agent = await connectAgent(hub, 'nas');
    agent.reports([report(unit), report('z.service')]);
    await agent.settled();
    expect(await namesOf(hub, '/servers/nas/services')).toContain('z');
    expect(await namesOf(hub, '/servers/nas/services')).toHaveLength(2);
  },
);

test('2000 services are taken in, and a list of them is one answer', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas', { facts: FACTS });
  // A frame has at most 1 MiB.
  for (let n = 0; n < 4; n += 1)
    agent.reports(Array.from({ length: 500 }, (_, m) => report(`s${n * 500 + m}.service`)));
  await agent.settled();
  const { body } = await hub.call<{ services: Service[]; total: number }>('GET', '/servers/nas/services');
  expect([body.services.length, body.total]).toEqual([2000, 2000]);
});
