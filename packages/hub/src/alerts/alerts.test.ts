import type { Alert, AlertRule, AlertStoryEntry, Silence, WatchedJob } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const alertsOf = async (hub: TestHub, query = '') =>
  (await hub.call<{ alerts: Alert[] }>('GET', `/alerts${query}`)).body.alerts;

async function downPlex(hub: TestHub) {
  const agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  await expect.poll(() => alertsOf(hub)).toHaveLength(1);
  const [alert] = await alertsOf(hub);
  if (alert === undefined) throw new Error('no alert');
  return { agent, alert };
}

test('a service that fails is an alert with its reason, a person looks after it, and it is over when the service runs', async () => {
  await using hub = await startTestHub();
  const { agent, alert } = await downPlex(hub);
  expect(alert).toMatchObject({
    ...{ kind: 'service_down', severity: 'warning', state: 'firing', server_id: 'nas', subject: 'plex' },
    ...{ title: 'plex failed on nas', suppressed: null, silenced: null },
  });
  const path = `/alerts/${alert.alert_id}`;
  const acknowledged = await hub.call<Alert>('POST', `${path}/acknowledge`, { note: 'on it' });
  expect(acknowledged.body).toMatchObject({ state: 'acknowledged', acknowledged: { note: 'on it' } });
  expect((await hub.call<Alert>('POST', `${path}/acknowledge`)).body.revision).toBe(
    acknowledged.body.revision,
  );
  agent.reports([report('plex.service')]);
  await agent.settled();
  await expect.poll(async () => (await alertsOf(hub, '?state=resolved')).length).toBe(1);
  expect(await hub.call('POST', `${path}/acknowledge`)).toMatchObject({
    status: 409,
    body: { code: 'alert_moved_on' },
  });
  const { body } = await hub.call<{ story: AlertStoryEntry[]; members: Alert[] }>('GET', path);
  expect(body.story.map(({ kind }) => kind)).toEqual(['seen', 'done', 'seen']);
  expect(hub.faults).toEqual([]);
});

test('an alert and its story go with the server that it is of', async () => {
  await using hub = await startTestHub();
  await downPlex(hub);
  await hub.call('DELETE', '/servers/nas?force=true');
  expect(await alertsOf(hub)).toEqual([]);
  await hub.addServer('nas');
  await expect.poll(() => alertsOf(hub)).toEqual([]);
  expect(hub.faults).toEqual([]);
});

test('a silence holds back what comes after it, counts it, and is told when it is ended', async () => {
  await using hub = await startTestHub();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const wish = { kind: 'service_down', until, reason: 'a new disk' };
  const { body: made, status } = await hub.call<Silence>('POST', '/silences', wish);
  expect([status, made.held_back]).toEqual([201, 0]);
  const { alert } = await downPlex(hub);
  expect(alert.silenced).toMatchObject({ reason: 'a new disk', until });
  const { body } = await hub.call<{ silences: Silence[] }>('GET', '/silences');
  expect(body.silences).toMatchObject([{ silence_id: made.silence_id, held_back: 1 }]);
  expect((await hub.call('DELETE', `/silences/${made.silence_id}`)).status).toBe(204);
  expect((await hub.call('DELETE', `/silences/${made.silence_id}`)).status).toBe(404);
  expect((await alertsOf(hub))[0]).toMatchObject({ state: 'firing', silenced: null });
  const past = { ...wish, until: '2020-01-01T00:00:00.000Z' };
  expect((await hub.call('POST', '/silences', past)).body.code).toBe('invalid');
  expect((await hub.call('POST', '/silences', { ...wish, server_id: 'attic' })).body.code).toBe('not_found');
});

test('a rule is changed as a whole, refuses what it could never clear, and goes back to what it was', async () => {
  await using hub = await startTestHub();
  const rules = async () =>
    (await hub.call<{ alert_rules: AlertRule[] }>('GET', '/alert-rules')).body.alert_rules;
  const before = (await rules()).find(({ kind }) => kind === 'disk_high');
  const settings = { ...before?.settings, limit: 80, clears_at: 70 };
  const { body } = await hub.call<AlertRule>('PUT', '/alert-rules/disk_high', settings);
  expect(body).toMatchObject({ settings: { limit: 80 }, defaults: { limit: 90 } });
  const never = { ...settings, clears_at: 99 };
  expect(await hub.call('PUT', '/alert-rules/disk_high', never)).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'clears_at' }] },
  });
  await hub.call('DELETE', '/alert-rules/disk_high');
  expect((await rules()).find(({ kind }) => kind === 'disk_high')).toEqual(before);
});

test('a job pings by an address that is shown once, and says that it failed', async () => {
  await using hub = await startTestHub();
  const wish = { name: 'nightly', kind: 'backup', every_ms: 3_600_000 };
  const { body } = await hub.call<{ job: WatchedJob; ping_path: string }>('POST', '/jobs', wish);
  expect(body.job.state).toBe('waiting');
  expect((await hub.call('POST', '/jobs', wish)).body.code).toBe('already_exists');
  const ping = (path: string, what?: object) =>
    fetch(hub.url + path, {
      method: 'POST',
      ...(what && { body: JSON.stringify(what), headers: { 'content-type': 'application/json' } }),
    });
  expect((await ping(body.ping_path)).status).toBe(204);
  expect((await ping('/api/v1/pings/ping_of-nobody')).status).toBe(404);
  expect((await ping(body.ping_path, { failed: 'disk full' })).status).toBe(204);
  expect(await alertsOf(hub, '?kind=backup_overdue')).toMatchObject([
    { detail: 'disk full', severity: 'critical' },
  ]);
  expect((await hub.call('DELETE', `/jobs/${body.job.job_id}`)).status).toBe(204);
  expect(await alertsOf(hub, '?state=firing')).toEqual([]);
  expect((await ping(body.ping_path)).status).toBe(404);
});
