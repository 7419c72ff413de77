import { request } from 'node:http';
import { API_BASE, api, POLICY, type Session } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import {
  API_KEY,
  disposableFolder,
  HeldClock,
  startTestHub,
  type TestHub,
} from '../../../test/hub-fixture.ts';

const signIn = (hub: TestHub, api_key: string, headers: Record<string, string> = {}) =>
  hub.call<Session>('POST', '/session', { api_key }, { 'x-api-key': '', ...headers });

async function cookieOf(hub: TestHub): Promise<string> {
  const { headers } = await signIn(hub, API_KEY);
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** With the cookie alone, and with headers that a browser sets and a page cannot. */
function asBrowser(
  hub: TestHub,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const { hostname, port } = new URL(hub.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, method, path: `/api/v1${path}`, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

const isClosed = (name: string) => POLICY.routes[name as keyof typeof api].needs !== 'anyone';

test.each(Object.entries(api).filter(([name]) => isClosed(name)))(
  '%s answers 401 to a stranger',
  async (_name, route) => {
    await using hub = await startTestHub();
    const path = route.path.replaceAll(/:\w+/g, '1');
    const strangers: Record<string, string>[] = [
      {},
      { 'x-api-key': 'x'.repeat(40) },
      { authorization: 'Bearer no' },
      { cookie: 'homelabcmd_session=no' },
    ];
    for (const headers of strangers) {
      const response = await fetch(hub.url + API_BASE + path, { method: route.method, headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
    }
  },
);

test('sign-in alone is open; it gives a cookie that no script can read and no other site can send', async () => {
  await using hub = await startTestHub();
  const { status, headers, body } = await signIn(hub, API_KEY);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    principal: { name: 'dashboard', kind: 'key', role: null, user_id: null },
    hub: { version: '0.1.0' },
  });
  const cookie = headers.get('set-cookie') ?? '';
  for (const word of [/^homelabcmd_session=hlcs_/, /HttpOnly/, /SameSite=Strict/, /Path=\//, /Expires=/])
    expect(cookie).toMatch(word);
  const secret = /=(hlcs_[^;]+)/.exec(cookie)?.[1] ?? '';
  expect(JSON.stringify(hub.rows('SELECT * FROM sessions'))).not.toContain(secret);
  expect(await asBrowser(hub, 'GET', '/session', { cookie: `homelabcmd_session=${secret}` })).toBe(200);
});

test('a key is shown by either header; a program has no session', async () => {
  await using hub = await startTestHub();
  const shown: Record<string, string>[] = [
    { 'x-api-key': API_KEY },
    { authorization: `Bearer ${API_KEY}` },
    { authorization: `bearer ${API_KEY}` },
  ];
  for (const headers of shown) {
    const response = await fetch(`${hub.url}/api/v1/session`, { headers });
    expect(await response.json()).toMatchObject({ principal: { name: 'dashboard' }, expires_at: null });
  }
});

test('signing out ends the session for good', async () => {
  await using hub = await startTestHub();
  const cookie = await cookieOf(hub);
  expect(await asBrowser(hub, 'GET', '/servers', { cookie })).toBe(200);
  expect(await asBrowser(hub, 'DELETE', '/session', { cookie })).toBe(204);
  expect(await asBrowser(hub, 'GET', '/servers', { cookie })).toBe(401);
});

test('a session ends by itself, and with the key that it was opened by', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock();
  let cookie = '';
  {
    await using hub = await startTestHub({ clock, dataDir: folder.path });
    const old = await cookieOf(hub);
    clock.advance(14 * 24 * 3_600_000);
    expect(await asBrowser(hub, 'GET', '/servers', { cookie: old })).toBe(401);
    cookie = await cookieOf(hub);
    expect(await asBrowser(hub, 'GET', '/servers', { cookie })).toBe(200);
  }
  await using hub = await startTestHub({
    clock,
    dataDir: folder.path,
    apiKey: 'another key of more than 32 characters',
  });
  expect(await asBrowser(hub, 'GET', '/servers', { cookie })).toBe(401);
  expect((await hub.call('GET', '/servers')).status).toBe(401);
});

test.each([
  ['sec-fetch-site', 'cross-site', 403],
  ['sec-fetch-site', 'same-site', 403],
  ['sec-fetch-site', 'same-origin', 200],
  ['sec-fetch-site', 'none', 200],
  ['origin', 'http://evil.example', 403],
  ['origin', 'null', 403],
])('a change with our cookie and %s: %s is %i', async (name, value, status) => {
  await using hub = await startTestHub();
  const cookie = await cookieOf(hub);
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const path = `/actions/${body.action_id}/approve`;
  expect(await asBrowser(hub, 'POST', path, { cookie, [name]: value })).toBe(status);
  expect((await hub.action(body.action_id)).status).toBe(status === 200 ? 'approved' : 'pending');
  expect(await asBrowser(hub, 'GET', '/servers', { cookie, [name]: value })).toBe(200);
});

test('a page of our own origin may change; a key may, wherever it comes from', async () => {
  await using hub = await startTestHub();
  const cookie = await cookieOf(hub);
  expect(await asBrowser(hub, 'DELETE', '/servers/x', { cookie, origin: hub.url })).toBe(404);
  expect((await hub.call('DELETE', '/servers/x', undefined, { origin: 'http://evil.example' })).status).toBe(
    404,
  );
});

test('ten wrong keys in a minute close sign-in for that address for the rest of it', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  for (let n = 0; n < 10; n += 1) {
    expect((await signIn(hub, `a wrong key number ${n}`)).status).toBe(401);
    clock.advance(1000);
  }
  const refused = await signIn(hub, API_KEY);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '50']);
  // Who is signed in, or shows a key, is not touched by it.
  expect((await hub.call('GET', '/servers')).status).toBe(200);
  clock.advance(50_000);
  expect((await signIn(hub, API_KEY)).status).toBe(200);
});

test.each([
  ['32 characters with spaces', 'correct horse battery staple of long ago'],
  ['letters of many languages', 'ключ-от-дома-пароль-длинный-ñandú-ß-日本語'],
  ['signs', `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ !"#$`],
])('the bootstrap key may be any string of at least 32 characters: %s', async (_what, key) => {
  await using hub = await startTestHub({ apiKey: key });
  expect((await signIn(hub, key)).status).toBe(200);
  // What curl sends: the bytes of the text, as they are.
  const bytes = Buffer.from(key, 'utf8').toString('latin1');
  expect(await asBrowser(hub, 'GET', '/servers', { 'x-api-key': bytes })).toBe(200);
  expect(await asBrowser(hub, 'GET', '/servers', { authorization: `Bearer ${bytes}` })).toBe(200);
});

test('who am I: nobody is no error, a bad key is, and a session that is over loses its cookie', async () => {
  await using hub = await startTestHub();
  const nobody = {
    ...{ principal: null, hub: null, expires_at: null, proved_at: null },
    ...{ is_to_set_up: true, oidc_label: null, passkey_host: null },
  };
  const ask = (headers: Record<string, string>) => fetch(`${hub.url}/api/v1/session`, { headers });
  const stranger = await ask({});
  expect([stranger.status, await stranger.json()]).toEqual([200, nobody]);
  expect(stranger.headers.get('set-cookie')).toBeNull();

  const over = await ask({ cookie: 'homelabcmd_session=hlcs_over' });
  expect([over.status, await over.json()]).toEqual([200, nobody]);
  expect(over.headers.get('set-cookie')).toMatch(
    /^homelabcmd_session=;.*Path=\/;.*(Expires=Thu, 01 Jan 1970|Max-Age=0)/,
  );

  const wrong: Record<string, string>[] = [
    { 'x-api-key': 'hlck_wrong' },
    { authorization: 'Bearer hlck_wrong' },
  ];
  for (const headers of wrong) {
    const bad = await ask(headers);
    expect([bad.status, await bad.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
  }
  // The cookie of someone does not help a key that is wrong.
  const cookie = await cookieOf(hub);
  expect((await ask({ cookie, 'x-api-key': 'hlck_wrong' })).status).toBe(401);
  expect(await (await ask({ cookie })).json()).toMatchObject({ principal: { name: 'dashboard' } });
});
