import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FleetStatus } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { startTestStore } from '../../test/store-fixture.ts';
import { isInMaintenance, statusOf } from './status.ts';
import { type ServerStanding, type Standing, StandingReader } from './standing.ts';

const status = async (hub: TestHub): Promise<FleetStatus> =>
  FleetStatus.parse((await hub.call('GET', '/status')).body);

const expectService = (hub: TestHub, service_name: string, more = {}) =>
  hub.call('POST', '/servers/nas/services', { service_name, ...more });

test('the status follows the fleet from nothing to trouble and back', async () => {
  await using hub = await startTestHub();
  expect(await status(hub)).toMatchObject({ severity: 'none', servers: 0, summary: 'No server is online.' });
  await using agent = await connectAgent(hub, 'nas');
  await expectService(hub, 'plex', { critical: true });
  await expectService(hub, 'sonarr');
  await expectService(hub, 'cron', { enabled: false });
  agent.reports([report('plex.service'), report('sonarr.service'), failedReport('cron.service')], true);
  await agent.settled();
  expect(await status(hub)).toMatchObject({
    ...{
      severity: 'none',
      servers: 1,
      servers_online: 1,
      services: 2,
      services_running: 2,
      services_failed: 0,
    },
    summary: '1 server is online, 2 expected services run.',
  });

  agent.reports([failedReport('sonarr.service')]);
  await agent.settled();
  expect(await status(hub)).toMatchObject({
    ...{ severity: 'medium', services_failed: 1, services_failed_critical: 0 },
    summary: 'sonarr on nas has failed.',
  });
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  await hub.restart('nas', 'sonarr');
  expect(await status(hub)).toMatchObject({
    ...{ severity: 'high', services_failed: 2, services_failed_critical: 1, actions_pending: 1 },
    summary: 'plex on nas has failed; 1 more needs you; 1 action waits for approval.',
  });

  agent.reports([report('plex.service'), report('sonarr.service')]);
  await agent.settled();
  expect(await status(hub)).toMatchObject({ severity: 'low', summary: '1 action waits for approval.' });
  await hub.call('POST', '/actions/1/cancel');
  await hub.call('PUT', '/freeze', { on: true });
  expect(await status(hub)).toMatchObject({
    severity: 'medium',
    frozen: true,
    summary: 'The fleet is frozen.',
  });
});

test('what was known of a silent server is not told as current', async () => {
  await using hub = await startTestHub();
  {
    await using agent = await connectAgent(hub, 'nas');
    await expectService(hub, 'plex', { critical: true });
    agent.reports([failedReport('plex.service')], true);
    await agent.settled();
    expect(await status(hub)).toMatchObject({ severity: 'high', services_failed: 1 });
  }
  await expect
    .poll(() => status(hub))
    .toMatchObject({
      ...{ severity: 'low', servers_stale: 1, services_failed: 0, services_running: 0 },
      summary: '1 server is silent.',
    });
});

const server = (change: Partial<ServerStanding> = {}): ServerStanding => ({
  ...{ serverId: 'nas', liveness: 'offline', livenessSince: '2026-01-01T00:00:00.000Z', agentVersion: null },
  ...{ isQuarantined: false, isInMaintenance: false, maintenanceUntil: null },
  ...change,
});
const standing = (change: Partial<Standing>): Standing => ({
  ...{ servers: [], services: [], openActions: new Map(), openAlerts: new Map(), isFrozen: false },
  ...change,
});
const AT = '2026-01-02T00:00:00.000Z';

test('a server that is away for maintenance is not missed, until its time is over', () => {
  const inTime = server({ isInMaintenance: true, maintenanceUntil: '2026-01-02T00:00:00.001Z' });
  const over = server({ isInMaintenance: true, maintenanceUntil: AT });
  expect([isInMaintenance(inTime, AT), isInMaintenance(over, AT)]).toEqual([true, false]);
  expect(statusOf(standing({ servers: [inTime] }), AT)).toMatchObject({
    severity: 'none',
    servers_missed: 0,
  });
  expect(statusOf(standing({ servers: [over] }), AT)).toMatchObject({
    ...{ severity: 'high', servers_missed: 1, summary: 'nas is offline.' },
  });
});

test('the sentence is one line of a bounded length, whatever the names hold', () => {
  const services = ['\n\u202E"'.repeat(80), '\u{1F600}'.repeat(60), 'x'.repeat(255)];
  for (const serviceName of services) {
    const { summary } = FleetStatus.parse(
      statusOf(
        standing({
          servers: [server({ serverId: 'a'.repeat(100), liveness: 'stale', isQuarantined: true })],
          services: [1, 2].map(() => ({
            ...{ serverId: 'a'.repeat(100), serviceName, isCritical: true },
            ...{ condition: 'not_answering', needsSomebody: true },
          })),
          openActions: new Map([
            ['pending', 9_999_999],
            ['unknown', 9_999_999],
          ]),
          isFrozen: true,
        }),
        AT,
      ),
    );
    expect(summary).toMatch(/^[^\p{Cc}\u202E]+$/u);
  }
});

test('the store is read when something has happened, and not otherwise', async () => {
  await using store = await startTestStore();
  const log = { head: 1 };
  const reader = new StandingReader(store.db, log);
  const first = await reader.read();
  expect(await reader.read()).toBe(first);
  log.head += 1;
  const shared = reader.read();
  expect(reader.read()).toBe(shared);
  expect(await shared).not.toBe(first);
});

test('a reading that failed is not the answer to the next', async () => {
  const store = await startTestStore();
  const reader = new StandingReader(store.db, { head: 1 });
  await store[Symbol.asyncDispose]();
  const failed = reader.read();
  await expect(failed).rejects.toThrow(/./);
  const again = reader.read();
  expect(again).not.toBe(failed);
  await expect(again).rejects.toThrow(/./);
});

test('the examples of docs/dashboards.md are of the document as it is', () => {
  const document = readFileSync(resolve(import.meta.dirname, '../../../../docs/dashboards.md'), 'utf8');
  const blockOf = (kind: string) => new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(document)?.[1] ?? '';
  const example = JSON.parse(blockOf('json')) as object;
  expect(Object.keys(FleetStatus.parse(example))).toEqual(Object.keys(example));
  const [
    {
      Home: [{ HomelabCmd: service }],
    },
  ] = parse(blockOf('yaml')) as [
    { Home: [{ HomelabCmd: { widget: { url: string; mappings: { field: string }[] } } }] },
  ];
  expect(service.widget.url).toMatch(/\/api\/v1\/status$/);
  for (const { field } of service.widget.mappings) expect(Object.keys(example)).toContain(field);
});
