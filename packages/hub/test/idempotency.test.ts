import type { Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { disposableFolder, startTestHub, type TestHub } from './hub-fixture.ts';

const PLEX = '/servers/nas/services/plex/restart';
const DAY_MS = 86_400_000;

const post = <T = Action>(hub: TestHub, key: string, path = PLEX, body?: unknown, headers = {}) =>
  hub.call<T>('POST', path, body, { 'idempotency-key': key, ...headers });

const actionsIn = (hub: TestHub) => hub.rows('SELECT action_id FROM actions').length;

test('the same key and the same wish are answered as the first time, whatever has become of the action', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const first = await post(hub, 'night-1');
  expect(first.status).toBe(201);
  await hub.call('POST', `/actions/${first.body.action_id}/cancel`);
  for (const body of [undefined, {}]) {
    const again = await post(hub, 'night-1', PLEX, body);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  }
  expect(actionsIn(hub)).toBe(1);
  expect((await post(hub, 'night-2')).body.action_id).not.toBe(first.body.action_id);
});

test('an answer that was lost with the hub is given by its next life', async () => {
  using folder = disposableFolder();
  let first: Action;
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
    first = (await post(hub, 'night-1')).body;
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  expect((await post(hub, 'night-1')).body).toEqual(first);
  expect(actionsIn(hub)).toBe(1);
});

test.each([
  ['another service', '/servers/nas/services/sonarr/restart', undefined],
  ['another spelling of the service', '/servers/nas/services/plex.service/restart', undefined],
  ['another server', '/servers/attic/services/plex/restart', undefined],
  ['another route', '/servers/nas/services/plex/actions', { action_type: 'restart_service' }],
])('the same key for %s is refused with 422, and nothing is queued', async (_what, path, body) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  await post(hub, 'night-1');
  const other = await post<Problem>(hub, 'night-1', path, body);
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  expect(actionsIn(hub)).toBe(1);
});

test('what was refused changed nothing, and is judged anew', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body: open } = await hub.restart('nas', 'plex');
  expect((await post(hub, 'night-1')).status).toBe(409);
  await hub.call('POST', `/actions/${open.action_id}/cancel`);
  expect((await post(hub, 'night-1')).status).toBe(201);
});

test('keys are the sender’s own: another API key may use the same', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.call<{ secret: string }>('POST', '/keys', { name: 'night' });
  const first = await post(hub, 'one');
  await hub.call('POST', `/actions/${first.body.action_id}/cancel`);
  const other = await post(hub, 'one', PLEX, undefined, { 'x-api-key': body.secret });
  expect([other.status, other.body.created_by]).toEqual([201, 'night']);
});

test('a key is remembered for more than a day, and not for ever', async () => {
  let nowMs = Date.parse('2026-03-01T00:00:00Z');
  await using hub = await startTestHub({ clock: { nowMs: () => nowMs } });
  await hub.addServer('nas');
  const first = await post(hub, 'one');
  await hub.call('POST', `/actions/${first.body.action_id}/cancel`);
  nowMs += DAY_MS;
  expect((await post(hub, 'one')).body).toEqual(first.body);
  nowMs += 2 * DAY_MS;
  expect((await post(hub, 'one')).body.action_id).not.toBe(first.body.action_id);
  expect(hub.rows('SELECT name FROM named_wishes')).toHaveLength(1);
});

test.each(['', 'two words', 'x'.repeat(256)])('%j is no key: 400', async (key) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await post<Problem>(hub, key);
  expect([status, body.code]).toEqual([400, 'bad_request']);
  expect(actionsIn(hub)).toBe(0);
});
