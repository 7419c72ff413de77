import type { Alert, AlertStoryEntry } from '@homelabcmd/protocol';
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
