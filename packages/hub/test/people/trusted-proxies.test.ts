import type { OpenSession } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { API_KEY, type Options, startTestHub, type TestHub } from '../hub-fixture.ts';
import { cookieOf, withCookie } from './people-fixture.ts';

const signIn = (hub: TestHub, headers: Record<string, string>, api_key = API_KEY) =>
  hub.call('POST', '/session', { api_key }, { 'x-api-key': '', ...headers });

test.each<[string, Options, Record<string, string>, string]>([
  ['nobody is believed', {}, { 'x-forwarded-for': '203.0.113.7' }, '127.0.0.1'],
  [
    'a listed proxy is',
    { trustedProxies: ['127.0.0.1'] },
    { 'x-forwarded-for': '203.0.113.7' },
    '203.0.113.7',
  ],
  [
    'another proxy is not',
    { trustedProxies: ['192.0.2.1'] },
    { 'x-forwarded-for': '203.0.113.7' },
    '127.0.0.1',
  ],
  [
    'what the one who asks has written before it is not',
    { trustedProxies: ['127.0.0.0/8'] },
    { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
    '203.0.113.7',
  ],
  [
    'a row of proxies is, as far as all are listed',
    { trustedProxies: ['127.0.0.1', '192.0.2.0/24'] },
    { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 192.0.2.9' },
    '203.0.113.7',
  ],
])('%s', async (_what, options, headers, address) => {
  await using hub = await startTestHub(options);
  const cookie = cookieOf(await signIn(hub, headers));
  const { body } = await withCookie<{ sessions: OpenSession[] }>(hub, cookie, 'GET', '/sessions');
  expect(body.sessions[0]?.address).toBe(address);
});

test('behind a listed proxy one who guesses is slowed down alone', async () => {
  await using hub = await startTestHub({ trustedProxies: ['127.0.0.1'] });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  for (let n = 0; n < 10; n += 1)
    expect((await signIn(hub, from('203.0.113.7'), `wrong ${n}`)).status).toBe(401);
  expect((await signIn(hub, from('203.0.113.7'))).status).toBe(429);
  expect((await signIn(hub, from('203.0.113.8'))).status).toBe(200);
});

test('a cookie that was given over TLS is bound to this host, and one that came without is not heard beside it', async () => {
  await using hub = await startTestHub({ trustedProxies: ['127.0.0.1'] });
  const tls = { 'x-forwarded-proto': 'https' };
  const given = await signIn(hub, tls);
  expect(given.headers.get('set-cookie')).toMatch(/^__Host-homelabcmd_session=hlcs_[^;]+;.*Path=\/;.*Secure/);
  const good = cookieOf(given);
  const planted = cookieOf(await signIn(hub, {}));
  expect(planted).toMatch(/^homelabcmd_session=/);
  const ask = async (cookie: string, headers: Record<string, string>) =>
    (await fetch(`${hub.url}/api/v1/servers`, { headers: { cookie, ...headers } })).status;
  expect(await ask(good, tls)).toBe(200);
  expect(await ask(planted, tls)).toBe(401);
  expect(await ask(`${planted}; ${good}`, {})).toBe(200);
});
