import type { Server } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub } from '../../test/hub-fixture.ts';

interface List {
  servers: Server[];
  total: number;
}

test('adding a server: 201 + Location, 409 when it is there, 422 for a bad id', async () => {
  await using hub = await startTestHub();
  const made = await hub.call<Server>('POST', '/servers', {
    server_id: 'nas',
    display_name: '  The big one ',
    tags: ['films', 'cellar', 'films'],
  });
  expect([made.status, made.headers.get('location')]).toEqual([201, '/api/v1/servers/nas']);
  expect(made.body).toMatchObject({
    server_id: 'nas',
    display_name: 'The big one',
    tags: ['films', 'cellar'],
    liveness: 'never_seen',
    last_seen_at: null,
    facts: null,
    maintenance: { on: false, until: null, reason: null },
  });
  expect((await hub.call('POST', '/servers', { server_id: 'nas' })).body.code).toBe('already_exists');
});

test.each(['', '-a', 'A', 'a b', 'a_b', 'ä', '../x', 'a'.repeat(101), 7, null])(
  '%j is no id of a server',
  async (server_id) => {
    await using hub = await startTestHub();
    const { status, body } = await hub.call('POST', '/servers', { server_id });
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'server_id']);
  },
);

test('PATCH changes the name or the tags, and nothing that is not given', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('PATCH', '/servers/nas', { tags: ['a', 'b'] });
  const { body } = await hub.call<Server>('PATCH', '/servers/nas', { display_name: 'Nas' });
  expect(body).toMatchObject({ display_name: 'Nas', tags: ['a', 'b'] });
  expect(await hub.server('nas')).toEqual(body);
  expect(
    (await hub.call<Server>('PATCH', '/servers/nas', { display_name: null })).body.display_name,
  ).toBeNull();
  expect((await hub.call('PATCH', '/servers/nas', { tags: ['No'] })).status).toBe(422);
  expect((await hub.call('PATCH', '/servers/nas', { liveness: 'online' })).status).toBe(422);
  expect((await hub.call('PATCH', '/servers/nobody', {})).status).toBe(404);
});

test('maintenance goes on and off, and is over when its end has passed', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  const path = '/servers/nas/maintenance';
  const until = new Date(clock.nowMs() + 60_000).toISOString();
  const { body } = await hub.call<Server>('PUT', path, { on: true, until, reason: 'disks' });
  expect(body.maintenance).toEqual({ on: true, until, reason: 'disks' });
  clock.advance(59_999);
  expect((await hub.server('nas')).maintenance.on).toBe(true);
  clock.advance(1);
  const over = { on: false, until: null, reason: null };
  expect((await hub.server('nas')).maintenance).toEqual(over);
  expect((await hub.call<List>('GET', '/servers')).body.servers[0]?.maintenance).toEqual(over);
  expect((await hub.call<Server>('PUT', path, { on: true })).body.maintenance.on).toBe(true);
  expect((await hub.call<Server>('PUT', path, { on: false, reason: 'x' })).body.maintenance).toEqual(over);
  for (const bad of [{}, { on: 'yes' }, { on: true, until: 'tomorrow' }, { on: true, until: '2026-01-01' }])
    expect((await hub.call('PUT', path, bad)).status).toBe(422);
});

test('the list is cut into pages by id, and filtered by tag and liveness', async () => {
  await using hub = await startTestHub();
  for (const id of ['c', 'a', 'b']) await hub.addServer(id);
  await hub.call('PATCH', '/servers/a', { tags: ['film', 'x'] });
  await hub.call('PATCH', '/servers/b', { tags: ['films'] });
  await using agent = await connectAgent(hub, 'c');
  await agent.settled();
  const ids = async (query: string) => {
    const { body } = await hub.call<List>('GET', `/servers?${query}`);
    return [body.total, ...body.servers.map((server) => server.server_id)];
  };
  expect(await ids('')).toEqual([3, 'a', 'b', 'c']);
  expect(await ids('limit=1&offset=1')).toEqual([3, 'b']);
  expect(await ids('tag=film')).toEqual([1, 'a']);
  expect(await ids('tag=fil')).toEqual([0]);
  expect(await ids('liveness=online')).toEqual([1, 'c']);
  expect(await ids('liveness=never_seen&tag=films')).toEqual([1, 'b']);
  for (const bad of ['tag=%25', 'liveness=up', 'limit=0'])
    expect((await hub.call('GET', `/servers?${bad}`)).status).toBe(422);
});

test('facts are written when they change, and only then', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const events = () => hub.rows("SELECT id FROM events WHERE type = 'server.changed'").length;
  const before = events();
  agent.send({ v: 2, type: 'facts', facts: FACTS });
  await agent.settled();
  expect(events()).toBe(before);
  agent.send({ v: 2, type: 'facts', facts: { ...FACTS, kernel: '6.1.1' } });
  await agent.settled();
  expect(events()).toBe(before + 1);
  expect((await hub.server('nas')).facts?.kernel).toBe('6.1.1');
});

test('an enrolment adds a server that is new, and answers a token that works', async () => {
  await using hub = await startTestHub();
  const made = await hub.call<{ server_id: string; token: string }>('POST', '/servers/nas/enrolment');
  expect(made.status).toBe(201);
  // By its place: in base64url «_» is a letter like any other.
  const secret = made.body.token.slice('hlce_'.length, 'hlce_'.length + 43);
  expect(JSON.stringify(hub.rows('SELECT * FROM enrolment_tokens'))).not.toContain(secret);
  await using agent = await connectAgent(hub, 'nas', { token: made.body.token });
  expect((await agent.frame('welcome')).server_id).toBe('nas');
  expect((await hub.call('POST', '/servers/Not%20an%20id/enrolment')).status).toBe(422);
});
