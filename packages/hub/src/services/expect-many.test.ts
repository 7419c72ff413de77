import type { ExpectedUnit, Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, report } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

interface Bulk {
  readonly services: Service[];
  readonly already_expected: string[];
}

const bulk = (hub: TestHub, services: unknown, server = 'nas') =>
  hub.call<Bulk>('POST', `/servers/${server}/services/bulk`, { services });

const HTTP = { kind: 'http', url: 'http://127.0.0.1:32400/identity' };

test('many at once: the new ones are answered, and those that were expected stay as they are', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('POST', '/servers/nas/services', {
    service_name: 'plex',
    critical: true,
    display_name: 'Films',
  });
  const { status, body } = await bulk(hub, [
    { service_name: 'sonarr', critical: true },
    { service_name: 'plex.service', display_name: 'Other' },
    { service_name: 'radarr', probe: HTTP },
    { service_name: 'sonarr.service' },
  ]);
  expect(status).toBe(200);
  expect(body.services.map((service) => service.service_name)).toEqual(['sonarr', 'radarr']);
  expect(body.already_expected).toEqual(['plex.service', 'sonarr.service']);
  expect(await hub.service('nas', 'plex')).toMatchObject({ display_name: 'Films', critical: true });
  expect(await hub.service('nas', 'sonarr')).toMatchObject({ critical: true, expected: true });
  expect((await hub.service('nas', 'radarr'))?.probe).toMatchObject({ ...HTTP, interval_ms: 10_000 });
});

test('all or nothing: one that is wrong leaves none, and is named', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (const wrong of [
    [],
    [{ service_name: 'a' }, { service_name: '' }],
    Array(501).fill({ service_name: 'a' }),
  ]) {
    const answer = await hub.call('POST', '/servers/nas/services/bulk', { services: wrong });
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid']);
  }
  const named = await hub.call('POST', '/servers/nas/services/bulk', {
    services: [{ service_name: 'a' }, {}],
  });
  expect(named.body.errors?.[0]?.path).toBe('services.1.service_name');
  expect(hub.rows('SELECT * FROM services')).toEqual([]);
  expect((await bulk(hub, [{ service_name: 'a' }], 'nobody')).status).toBe(404);
});

test('five hundred at once are one answer, one fact each, and one word to the agent', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  const before = agent.framesOf('expected').length;
  const names = Array.from({ length: 500 }, (_, n) => `service-${n}`);
  const { body } = await bulk(
    hub,
    names.map((service_name) => ({ service_name })),
  );
  expect(body.services).toHaveLength(500);
  await agent.settled();
  expect(agent.framesOf('expected')).toHaveLength(before + 1);
  expect(agent.framesOf('expected').at(-1)?.expected).toHaveLength(500);
  expect(hub.rows(`SELECT id FROM events WHERE type = 'service.changed'`)).toHaveLength(500);
});

test('a probe is given, changed and taken away, and the agent is told each time', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex', probe: HTTP });
  const told = async (): Promise<ExpectedUnit | undefined> => {
    await agent.settled();
    return agent
      .framesOf('expected')
      .at(-1)
      ?.expected.find(({ unit }) => unit === 'plex.service');
  };
  expect((await told())?.probe).toMatchObject(HTTP);
  const path = '/servers/nas/services/plex';
  await hub.call('PATCH', path, { critical: true });
  expect((await told())?.probe).toMatchObject(HTTP);
  const changed = await hub.call<Service>('PATCH', path, { probe: { kind: 'tcp', port: 32_400 } });
  expect(changed.body).toMatchObject({
    critical: true,
    probe: { kind: 'tcp', host: '127.0.0.1', port: 32_400 },
  });
  expect((await told())?.probe).toMatchObject({ kind: 'tcp' });
  expect((await hub.call<Service>('PATCH', path, { probe: null })).body.probe).toBeNull();
  expect((await told())?.probe).toBeNull();
});

test.each([
  ['another scheme', { kind: 'http', url: 'file:///etc/passwd' }],
  ['a password in it', { kind: 'http', url: 'http://me:secret@127.0.0.1/' }],
  ['no port', { kind: 'tcp' }],
  ['a port that is none', { kind: 'tcp', port: 65_536 }],
  ['a host with a space', { kind: 'tcp', port: 1, host: 'a b' }],
  ['a kind that is none', { kind: 'exec', command: 'id' }],
  ['a field too many', { kind: 'tcp', port: 1, root: true }],
  ['more often than once a second', { kind: 'tcp', port: 1, interval_ms: 999 }],
])('a probe is refused with %s', async (_what, probe) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  const { status, body } = await hub.call('PATCH', '/servers/nas/services/plex', { probe });
  expect([status, body.errors?.[0]?.path.startsWith('probe')]).toEqual([422, true]);
  expect((await hub.service('nas', 'plex'))?.probe).toBeNull();
});

test('a service that is forgotten loses its wishes and keeps what was seen; one never seen is gone', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  const wish = { critical: true, enabled: false, display_name: 'Films', probe: HTTP };
  await bulk(hub, [
    { service_name: 'plex', ...wish },
    { service_name: 'ghost', ...wish },
  ]);
  for (const name of ['plex', 'ghost'])
    expect((await hub.call('DELETE', `/servers/nas/services/${name}`)).status).toBe(204);
  expect(await hub.service('nas', 'plex')).toMatchObject({
    ...{
      expected: false,
      critical: false,
      enabled: true,
      display_name: null,
      probe: null,
      status: 'running',
    },
  });
  expect(await hub.service('nas', 'ghost')).toBeUndefined();
  for (const name of ['plex', 'ghost'])
    expect((await hub.call('DELETE', `/servers/nas/services/${name}`)).status).toBe(404);
  expect((await hub.call('PATCH', '/servers/nas/services/plex', { critical: true })).status).toBe(404);
  await agent.settled();
  expect(agent.framesOf('expected').at(-1)?.expected).toEqual([]);
});
