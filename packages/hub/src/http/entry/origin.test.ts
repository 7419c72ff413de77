import { request } from 'node:http';
import { expect, test } from 'vitest';
import { API_KEY, type Options, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';

type Sent = Record<string, string>;

/** As a browser sends it through a proxy: only the headers that are given, and a Host of the proxy's choosing. */
function send(hub: TestHub, method: string, path: string, headers: Sent, body = ''): Promise<Answer> {
  const { hostname, port, pathname } = new URL(hub.url);
  const base = pathname === '/' ? '' : pathname;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ hostname, port, method, path: `${base}/api/v1${path}` },
        headers: { ...(body === '' ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      (response) => {
        response
          .resume()
          .on('end', () =>
            resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie']?.[0] ?? '' }),
          );
      },
    );
    sent.on('error', reject).end(body);
  });
}

interface Answer {
  readonly status: number;
  readonly cookie: string;
}

const signIn = (hub: TestHub, headers: Sent) =>
  send(hub, 'POST', '/session', headers, JSON.stringify({ api_key: API_KEY }));

const PUBLIC = { publicUrl: 'https://home.example.org/lab', basePath: '/lab' };
const REWRITTEN = { host: '127.0.0.1:8080' };
const KEPT = { host: 'home.example.org' };

test.each<[string, Options, Sent, string, number]>([
  ['a proxy that keeps the Host', {}, KEPT, 'https://home.example.org', 200],
  ['a proxy that rewrites the Host, and a public URL', PUBLIC, REWRITTEN, 'https://home.example.org', 200],
  ['a proxy that keeps the Host, and a public URL', PUBLIC, KEPT, 'https://home.example.org', 200],
  ['the hub itself, beside its public URL', PUBLIC, { host: 'hub.lan:8080' }, 'http://hub.lan:8080', 200],
  ['a proxy that rewrites the Host, and nobody said', {}, REWRITTEN, 'https://home.example.org', 403],
  ['another scheme than the public URL', PUBLIC, REWRITTEN, 'http://home.example.org', 403],
  ['another port than the public URL', PUBLIC, REWRITTEN, 'https://home.example.org:8443', 403],
  ['a name that begins like ours', PUBLIC, KEPT, 'https://home.example.org.evil.example', 403],
  ['a name that ends like ours', PUBLIC, KEPT, 'https://evil-home.example.org', 403],
  ['a name before ours', PUBLIC, KEPT, 'https://home.example.org@evil.example', 403],
  ['a document without an origin', PUBLIC, KEPT, 'null', 403],
  ['no origin at all, in letters', PUBLIC, KEPT, 'x', 403],
])('a change with the cookie, from a page at %s', async (_what, options, headers, origin, status) => {
  await using hub = await startTestHub(options);
  const from = status === 200 ? { ...headers, origin } : headers;
  const [cookie = ''] = (await signIn(hub, from)).cookie.split(';');
  expect((await send(hub, 'DELETE', '/session', { ...headers, cookie, origin })).status).toBe(
    status === 200 ? 204 : 403,
  );
  const still = (await send(hub, 'GET', '/servers', { ...headers, cookie })).status;
  expect(still).toBe(status === 200 ? 401 : 200);
});

test('no header of a proxy makes a page of another site one of ours', async () => {
  await using hub = await startTestHub();
  const [cookie = ''] = (await signIn(hub, KEPT)).cookie.split(';');
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  };
  const { status } = await send(hub, 'DELETE', '/session', {
    ...{ ...KEPT, ...forged, cookie },
    origin: 'https://evil.example',
  });
  expect(status).toBe(403);
});

test.each<[string, Options, Sent, boolean]>([
  ['over TLS, by a proxy', {}, { ...KEPT, origin: 'https://home.example.org' }, true],
  ['over TLS, by the public URL', PUBLIC, { ...REWRITTEN, origin: 'https://home.example.org' }, true],
  ['without TLS', {}, { ...KEPT, origin: 'http://home.example.org' }, false],
  ['by a program', {}, KEPT, false],
])(
  'the cookie is for TLS alone where it was given over TLS: %s',
  async (_what, options, headers, isSecure) => {
    await using hub = await startTestHub(options);
    const { cookie } = await signIn(hub, headers);
    expect(/; Secure/.test(cookie)).toBe(isSecure);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
  },
);

test('a page of another site signs nobody in: they would go on as somebody else and not notice', async () => {
  await using hub = await startTestHub();
  const sent: Sent[] = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }];
  for (const headers of sent)
    expect(await signIn(hub, { ...KEPT, ...headers })).toEqual({ status: 403, cookie: '' });
});

test('no answer lets a page of another site read it', async () => {
  await using hub = await startTestHub();
  const { url } = hub;
  for (const path of ['/api/v1/servers', '/api/v1/session', '/api/docs', '/api/openapi.json', '/healthz']) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(url + path, {
        method,
        headers: { origin: 'https://evil.example', 'x-api-key': API_KEY },
      });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  }
});
