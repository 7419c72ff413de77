import type { ExpectedUnit, Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, report } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';

const PLEX = '/servers/nas/services/plex';

test('expecting a service answers it, once: 201, 409, 404, 422', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const made = await hub.call<Service>('POST', '/servers/nas/services', { service_name: 'plex' });
  expect(made.status).toBe(201);
  expect(made.headers.get('location')).toBe('/api/v1/servers/nas/services/plex');
  expect(made.body).toMatchObject({ service_name: 'plex', expected: true, critical: false, enabled: true });
  for (const service_name of ['plex', 'plex.service']) {
    const again = await hub.call('POST', '/servers/nas/services', { service_name });
    expect([again.status, again.body.code]).toEqual([409, 'already_exists']);
  }
  const nowhere = await hub.call('POST', '/servers/nobody/services', { service_name: 'plex' });
  expect([nowhere.status, nowhere.body.detail]).toEqual([404, 'Server not found']);
  for (const bad of [
    undefined,
    {},
    { service_name: '' },
    { service_name: 'a\0b' },
    { service_name: 'x', root: 1 },
  ]) {
    expect((await hub.call('POST', '/servers/nas/services', bad)).status).toBe(422);
  }
});

test('PATCH changes what is given and nothing else', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex', display_name: 'Films' });
  const critical = await hub.call<Service>('PATCH', PLEX, { critical: true });
  expect(critical.body).toMatchObject({ critical: true, enabled: true, display_name: 'Films' });
  const renamed = await hub.call<Service>('PATCH', `${PLEX}.service`, { display_name: null, enabled: false });
  expect(renamed.body).toMatchObject({ critical: true, enabled: false, display_name: null });
  expect(renamed.body.revision).toBeGreaterThan(critical.body.revision);
  expect((await hub.call('PATCH', '/servers/nas/services/other', { critical: true })).status).toBe(404);
  expect((await hub.call('PATCH', PLEX, { critical: 'yes' })).status).toBe(422);
});

test('DELETE stops expecting a service; what is observed of it stays', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  for (const service_name of ['plex', 'sonarr'])
    await hub.call('POST', '/servers/nas/services', { service_name, critical: true });
  expect((await hub.call('DELETE', PLEX)).status).toBe(204);
  expect(await hub.service('nas', 'plex')).toMatchObject({
    status: 'running',
    expected: false,
    critical: false,
  });
  expect((await hub.call('DELETE', '/servers/nas/services/sonarr')).status).toBe(204);
  expect(await hub.service('nas', 'sonarr')).toBeUndefined();
  expect((await hub.call('DELETE', PLEX)).status).toBe(404);
});

test('the agent is told of every change in what is expected, and on connecting; only of real units', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (const service_name of ['plex', 'we;rd', 'a.mount'])
    await hub.call('POST', '/servers/nas/services', { service_name });
  await using agent = await connectAgent(hub, 'nas');
  expect((await agent.frame('welcome')).expected).toEqual([{ unit: 'plex.service', probe: null }]);
  await hub.call('POST', '/servers/nas/services', { service_name: 'sonarr' });
  expect(unitsOf(await agent.frame('expected'))).toEqual(['plex.service', 'sonarr.service']);
  await hub.call('DELETE', PLEX);
  expect(unitsOf(await agent.frame('expected', 2))).toEqual(['sonarr.service']);
});

const unitsOf = (frame: { expected: ExpectedUnit[] }) => frame.expected.map(({ unit }) => unit);

test('lists are cut into pages, by name; the whole fleet’s list holds the expected ones of every server', async () => {
  await using hub = await startTestHub();
  for (const server of ['nas', 'attic']) {
    await hub.addServer(server);
    for (const service_name of ['c', 'a', 'b'])
      await hub.call('POST', `/servers/${server}/services`, { service_name });
  }
  const page = async (path: string) => {
    const { body } = await hub.call<{ services: Service[]; total: number }>('GET', path);
    return [body.total, ...body.services.map((service) => `${service.server_id}/${service.service_name}`)];
  };
  expect(await page('/servers/nas/services?limit=2')).toEqual([3, 'nas/a', 'nas/b']);
  expect(await page('/servers/nas/services?limit=2&offset=2')).toEqual([3, 'nas/c']);
  expect(await page('/services?limit=4&offset=1')).toEqual([6, 'attic/b', 'attic/c', 'nas/a', 'nas/b']);
  for (const path of ['/servers/nobody/services', '/servers/nobody/services/discovered'])
    expect((await hub.call('GET', path)).status).toBe(404);
});

test('a grace time is given, changed and bounded, and goes with the expectation', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  const wish = { service_name: 'plex', grace_seconds: 90 };
  const made = await hub.call<Service>('POST', '/servers/nas/services', wish);
  expect([made.status, made.body.grace_seconds, made.body.unwell_since]).toEqual([201, 90, null]);
  expect((await hub.call<Service>('PATCH', PLEX, { grace_seconds: 3600 })).body.grace_seconds).toBe(3600);
  for (const grace_seconds of [-1, 3601, 1.5, '60', null]) {
    const { status, body } = await hub.call('PATCH', PLEX, { grace_seconds });
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'grace_seconds']);
  }
  expect((await hub.call('DELETE', PLEX)).status).toBe(204);
  expect((await hub.service('nas', 'plex'))?.grace_seconds).toBe(0);
});

test('since when it is not well is told by the hub, over all that follows, until it is well again', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const since = async (status: 'running' | 'failed' | 'stopped', result: string) => {
    agent.reports([
      { ...report('plex.service'), status, result, state_class: status === 'running' ? 'running' : 'down' },
    ]);
    await agent.settled();
    return (await hub.service('nas', 'plex'))?.unwell_since;
  };
  expect(await since('running', 'success')).toBeNull();
  const first = await since('failed', 'signal');
  expect(first).toEqual(expect.any(String));
  expect(await since('failed', 'exit-code')).toBe(first);
  expect(await since('stopped', 'success')).toBe(first);
  expect(await since('running', 'success')).toBeNull();
});

test.each(['worker@', 'worker@.service', 'syncthing.service@user:alice'])(
  'what can never be expected, such as %s, is refused with what to do instead',
  async (service_name) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    const { status, body } = await hub.call('POST', '/servers/nas/services', { service_name });
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'service_name']);
    expect(body.errors?.[0]?.message).toMatch(/instances|manager of that user/);
  },
);
