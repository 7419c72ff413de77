import { request } from 'node:http';
import type { Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, report } from './agent-fixture.ts';
import { API_KEY, startTestHub } from './hub-fixture.ts';

test('201 + Location: queued, with every field of the contract; `status` in this answer is always `pending`', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, headers, body } = await hub.restart('nas', 'plex');
  expect(status).toBe(201);
  expect(Number.isInteger(body.action_id)).toBe(true);
  expect(headers.get('location')).toBe(`/api/v1/actions/${body.action_id}`);
  expect(body).toMatchObject({
    action_type: 'restart_service',
    server_id: 'nas',
    service_name: 'plex',
    command: 'systemctl restart plex',
    status: 'pending',
    created_by: 'dashboard',
  });
  expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const there = await fetch(hub.url + headers.get('location'), { headers: { 'x-api-key': API_KEY } });
  expect(await there.json()).toEqual(body);
});

test.each([
  ['no body', undefined, {}],
  ['`{}`', '{}', { 'content-type': 'application/json' }],
  ['an empty body that calls itself JSON', '', { 'content-type': 'application/json' }],
  ['an optional `Idempotency-Key`', undefined, { 'idempotency-key': 'night-shift-1' }],
])('empty body or `{}`, optional `Idempotency-Key`: %s', async (_what, body, headers) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const response = await fetch(`${hub.url}/api/v1/servers/nas/services/plex/restart`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  expect(response.status).toBe(201);
});

test('401: no or bad key', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const path = '/servers/nas/services/plex/restart';
  const bad = await hub.call('POST', path, undefined, { 'x-api-key': 'x'.repeat(40) });
  expect(bad.status).toBe(401);
  expect(bad.headers.get('content-type')).toContain('application/problem+json');
  const none = await fetch(`${hub.url}/api/v1${path}`, { method: 'POST' });
  expect(none.status).toBe(401);
  expect(hub.rows('SELECT * FROM actions')).toEqual([]);
});

test('404: no such server, `detail: "Server not found"`', async () => {
  await using hub = await startTestHub();
  const { status, body } = await hub.restart<Problem>('nobody', 'plex');
  expect(status).toBe(404);
  expect(body.detail).toBe('Server not found');
});

test('409: an open action exists; `detail` says already pending, `existing_action_id` (integer, top level)', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const first = await hub.restart('nas', 'plex');
  const second = await hub.restart<Problem>('nas', 'plex');
  expect(second.status).toBe(409);
  expect(second.headers.get('content-type')).toContain('application/problem+json');
  expect(second.body.existing_action_id).toBe(first.body.action_id);
  expect(second.body.detail).toMatch(/already pending/);
});

test('409: `detail` says already executing while the order is at work', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  agent.progress((await agent.frame('order')).order.order_id, 'started');
  await agent.settled();
  const { status, body } = await hub.restart<Problem>('nas', 'plex');
  expect(status).toBe(409);
  expect(body.detail).toMatch(/already executing/);
  expect(body.existing_action_id).toBe(action.action_id);
});

test('duplicates are found by `target`: `plex` and `plex.service` are the same', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  const first = await hub.restart('nas', 'plex');
  const second = await hub.restart<Problem>('nas', 'plex.service');
  expect(second.body.existing_action_id).toBe(first.body.action_id);
  expect((await hub.restart('nas', 'sonarr')).status).toBe(201);
  expect((await hub.restart('attic', 'plex')).status).toBe(201);
});

test.each([
  ['empty', ''],
  ['longer than 255 characters', 'a'.repeat(256)],
  ['much longer than 255 characters', 'a'.repeat(12_000)],
  ['longer than 255 characters of four bytes', encodeURIComponent('😀'.repeat(256))],
  ['holds NUL', 'ple%00x'],
  ['is not UTF-8', 'ple%FFx'],
  ['is a lone surrogate', '%ED%A0%80'],
])('422: the name is %s', async (_what, encoded) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await hub.call('POST', `/servers/nas/services/${encoded}/restart`);
  expect(status).toBe(422);
  expect(body.code).toBe('invalid');
  expect(body.detail.length).toBeGreaterThan(10);
  expect(hub.rows('SELECT * FROM actions')).toEqual([]);
});

test.each([
  ['shell text', 'we;rd $(x) "näme"'],
  ['a slash', 'a/b'],
  ['dots', '..'],
  ['percent and plus', '100% + more'],
  ['markup', '<b>bold</b>'],
  ['an option', '--version'],
  ['a line break', 'two\nlines'],
  ['spaces', '   '],
  ['255 characters', 'a'.repeat(255)],
  ['255 characters of four bytes', '😀'.repeat(255)],
])(
  'a name with special characters is accepted as it is, and stored and shown as text: %s',
  async (_w, name) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    // `..` must be written so that no client takes it for a step up.
    const encoded = name === '..' ? '%2E%2E' : encodeURIComponent(name);
    const { status, body } = await rawRestart(hub.url, encoded);
    expect(status).toBe(201);
    expect(body.service_name).toBe(name);
    expect(body.command).toBe(`systemctl restart ${name}`);
    expect((await hub.action(body.action_id)).service_name).toBe(name);
  },
);

test('a running service may be restarted', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  expect((await hub.service('nas', 'plex'))?.status).toBe('running');
  expect((await hub.restart('nas', 'plex')).status).toBe(201);
});

test('a server that is offline queues; the order goes out when it is back', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const action = await hub.orderRestart('nas', 'plex');
  expect(action.status).toBe('approved');
  await using agent = await connectAgent(hub, 'nas');
  expect((await agent.frame('order')).order.action_id).toBe(action.action_id);
});

test('a service that is not in the expected list is allowed', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  expect((await hub.restart('nas', 'never-heard-of')).status).toBe(201);
});

test('seeded contract in one breath: pending on POST; the fields above', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await hub.restart('nas', 'plex');
  expect([status, body.status]).toEqual([201, 'pending']);
  for (const field of FIELDS) expect(body).toHaveProperty(field);
});

test('seeded contract in one breath: 404 `Server not found`', async () => {
  await using hub = await startTestHub();
  const { status, body } = await hub.restart<Problem>('nas', 'plex');
  expect([status, body.detail]).toEqual([404, 'Server not found']);
});

test('seeded contract in one breath: duplicate = 409 with `existing_action_id`', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const second = await hub.restart<Problem>('nas', 'plex');
  expect([second.status, second.body.existing_action_id]).toEqual([409, body.action_id]);
});

const FIELDS = [
  'action_id',
  'action_type',
  'server_id',
  'service_name',
  'command',
  'status',
  'created_at',
  'created_by',
];

/** Sends the name exactly as it is encoded; other clients tidy paths up. */
async function rawRestart(url: string, encodedName: string): Promise<{ status: number; body: Action }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const path = `/api/v1/servers/nas/services/${encodedName}/restart`;
    const sent = request(
      { hostname, port, path, method: 'POST', headers: { 'x-api-key': API_KEY } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Action }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
