import type { Scope } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { homelabcmd } from '../command-fixture.ts';
import { API_KEY, disposableFolder, startTestHub, type TestHub } from '../hub-fixture.ts';
import { TestStream } from '../stream-fixture.ts';
import { type Caller, keyWith, personWith, withCookie } from './people-fixture.ts';

async function streamOf(hub: TestHub, headers: Record<string, string>): Promise<TestStream> {
  const stream = await TestStream.open(hub, undefined, { 'x-api-key': '', ...headers });
  await stream.first('hello');
  return stream;
}

/** How a right is taken away, and what the next request of whoever had it is answered. */
const WAYS: Record<string, { take: (hub: TestHub, bob: Caller) => Promise<unknown>; next: number }> = {
  demoted: { take: (hub, bob) => hub.call('PATCH', `/users/${bob.userId}`, { role: 'viewer' }), next: 403 },
  disabled: {
    take: (hub, bob) => hub.call('PATCH', `/users/${bob.userId}`, { is_disabled: true }),
    next: 401,
  },
  removed: { take: (hub, bob) => hub.call('DELETE', `/users/${bob.userId}`), next: 401 },
  'invited anew': { take: (hub, bob) => hub.call('POST', `/users/${bob.userId}/invitation`), next: 401 },
  'signed out': { take: (hub, bob) => withCookie(hub, bob.cookie, 'DELETE', '/session'), next: 401 },
  'signed out by another': {
    take: async (hub) => {
      const { body } = await hub.call<{ sessions: { session_id: string; principal_name: string }[] }>(
        'GET',
        '/sessions?whose=all',
      );
      const session = body.sessions.find(({ principal_name }) => principal_name === 'Bob');
      return hub.call('DELETE', `/sessions/${session?.session_id}`);
    },
    next: 401,
  },
};

test.each(Object.keys(WAYS))(
  '%s: what is open closes within a second, and the next request is refused',
  async (way) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    const bob = await personWith(hub, 'Bob', 'approver');
    const anna = await personWith(hub, 'Anna', 'viewer');
    const { body } = await hub.restart('nas', 'plex');
    await using open = await streamOf(hub, { cookie: bob.cookie });
    await using other = await streamOf(hub, { cookie: anna.cookie });
    const { take, next } = WAYS[way] ?? { take: async () => {}, next: 0 };
    const beforeMs = performance.now();
    await take(hub, bob);
    expect((await bob.call('POST', `/actions/${body.action_id}/approve`)).status).toBe(next);
    await open.ended();
    expect(performance.now() - beforeMs).toBeLessThan(1000);
    expect((await hub.action(body.action_id)).status).toBe('pending');
    expect(other.isEnded).toBe(false);
  },
);

test('a right that another process takes away closes what is open too', async () => {
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path, apiKey: null });
  const key = hub.hub.newApiKey ?? '';
  await using byKey = await streamOf(hub, { 'x-api-key': key });
  const ran = await homelabcmd(['reset-admin', '--data-dir', folder.path]);
  expect(ran.code).toBe(0);
  const beforeMs = performance.now();
  await byKey.ended();
  expect(performance.now() - beforeMs).toBeLessThan(1000);
  expect((await hub.call('GET', '/servers', undefined, { 'x-api-key': key })).status).toBe(401);
});

test('a key that may only read follows what happens; one that may not, does not', async () => {
  await using hub = await startTestHub();
  const open = async (scopes: Scope[]) => {
    const secret = await keyWith(hub, `key to ${scopes.join(' and ')}`, scopes);
    const answer = await TestStream.open(hub, undefined, { 'x-api-key': secret });
    await using _open = answer;
    return answer.response.status;
  };
  expect(await open(['read'])).toBe(200);
  expect(await open(['request', 'approve'])).toBe(403);
  expect((await hub.call('GET', '/servers', undefined, { 'x-api-key': API_KEY })).status).toBe(200);
});
