import type { Action, Server } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../agent-fixture.ts';
import { type Answer, disposableFolder, startTestHub } from '../hub-fixture.ts';
import { ask } from './ask.ts';
import { databaseOf } from './databases.ts';
import { Relay } from './relay.ts';
import { PostgresServer } from '@homelabcmd/testkit/postgres';

const END_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

test('connections that end in the midst of requests cost 503 at most; what was answered 201 is there, and nothing is there twice', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const url = databaseOf(hub.dataDir) ?? '';
  const answers: Answer<Action>[] = [];
  for (const round of upTo(5)) {
    const asked = upTo(20).map((n) => hub.restart('nas', `service-${round}-${n}`));
    // As soon as the first is answered, the others are in all states that there are.
    await Promise.race(asked);
    ask(url, END_ALL);
    answers.push(...(await Promise.all(asked)));
  }
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  expect(statuses).toContain(503);
  const lost = answers.find(({ status }) => status === 503);
  expect(lost?.body).toMatchObject({ code: 'unavailable', title: expect.any(String) });
  await expect
    .poll(async () => (await hub.call('POST', '/servers', { server_id: 'attic' })).status)
    .not.toBe(503);
  const stored = hub.rows<{ action_id: number; service_name: string }>(
    'SELECT action_id, service_name FROM actions',
  );
  expect(new Set(stored.map(({ service_name }) => service_name)).size).toBe(stored.length);
  const known = new Set(stored.map(({ action_id }) => action_id));
  const granted = answers.filter(({ status }) => status === 201);
  expect(granted.filter(({ body }) => !known.has(body.action_id))).toEqual([]);
  const ids = hub.rows<{ id: number }>('SELECT id FROM events ORDER BY id').map(({ id }) => id);
  expect(ids).toEqual(upTo(ids.length));
});

test('an approval whose commit was done and not answered is sent to the agent once; the same press again does nothing', async () => {
  using folder = disposableFolder();
  const url = databaseOf(folder.path) ?? '';
  await using relay = await Relay.open(url);
  await using hub = await startTestHub({ dataDir: folder.path, databaseUrl: relay.through(url) });
  await using agent = await connectAgent(hub, 'nas');
  // What it says first may be in no commit that is lost: a hub lets go of an agent whose words it could not keep.
  await agent.silent();
  agent.obey();
  const { body: pending } = await hub.restart('nas', 'plex');
  const approve = () => hub.call('POST', `/actions/${pending.action_id}/approve`);
  const caught = relay.catchCommit('action.approved', 'lost');
  expect((await approve()).status).toBe(503);
  await caught.done;
  // Nobody asks again, and the dispatcher has it all the same.
  await agent.frame('result_ack', 3);
  expect(agent.framesOf('order')).toHaveLength(1);
  await expect.poll(async () => (await approve()).status).toBe(409);
  expect((await hub.action(pending.action_id)).status).toBe('completed');
  expect(agent.framesOf('order')).toHaveLength(1);
});

test('an order whose dispatch was committed and not answered is sent all the same, over the same link', async () => {
  using folder = disposableFolder();
  const url = databaseOf(folder.path) ?? '';
  await using relay = await Relay.open(url);
  await using hub = await startTestHub({ dataDir: folder.path, databaseUrl: relay.through(url) });
  await using agent = await connectAgent(hub, 'nas');
  await agent.silent();
  const caught = relay.catchCommit('Sent to the agent on nas', 'lost');
  const action = await hub.orderRestart('nas', 'plex');
  await caught.done;
  const { order } = await agent.frame('order');
  expect(order.order_id).toBe(action.order_id);
  agent.result(order.order_id);
  await agent.frame('result_ack', 3);
  const steps = (await hub.action(action.action_id)).steps.map(({ step }) => step);
  expect(steps).toEqual(['pending', 'approved', 'dispatched', 'executing', 'completed']);
});

test('a server that crashes and comes back is found again, with all that was acknowledged', {
  timeout: 120_000,
}, async () => {
  await using server = await PostgresServer.start();
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path, databaseUrl: server.url('postgres') });
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  const ordered = await hub.orderRestart('nas', 'plex');
  await agent.frame('result_ack');
  await server.stop('SIGQUIT');
  const refused = await hub.call('POST', '/servers', { server_id: 'attic' });
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
  expect((await hub.call('GET', '/servers')).status).toBe(503);
  expect((await fetch(`${hub.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
  await server.run();
  await expect.poll(async () => (await fetch(`${hub.url}/readyz`)).status).toBe(200);
  await expect
    .poll(async () => (await hub.call('POST', '/servers', { server_id: 'attic' })).status)
    .toBe(201);
  expect((await hub.action(ordered.action_id)).status).toBe('completed');
  const { body } = await hub.call<{ servers: Server[] }>('GET', '/servers');
  expect(body.servers.map(({ server_id }) => server_id)).toEqual(['attic', 'nas']);
  // And followers go on: an order reaches the agent, connected anew if its link was lost.
  await using again = await connectAgent(hub, 'nas', { key: agent.key });
  again.obey();
  await hub.orderRestart('nas', 'sonarr');
  await again.frame('result_ack');
});
