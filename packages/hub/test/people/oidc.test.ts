import type { Problem, Session, User } from '@homelabcmd/protocol';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import { expect, test } from 'vitest';
import type { OidcSettings } from '../../src/access/oidc/provider.ts';
import { type Answer, HeldClock, startTestHub } from '../hub-fixture.ts';
import { CLIENT, startProvider } from './oidc-provider.ts';
import { addPasskey, proveByPasskey, signInByPasskey } from './passkey-fixture.ts';
import { callerWith, cookieOf, keyWith, personWith, withCookie } from './people-fixture.ts';

const HOME = 'https://hub.example.org';
const ANSWER_PAGE = `${HOME}/sign-in/answer`;
const ROLES: OidcSettings['roles'][number][] = [
  { role: 'admin', value: 'homelab-admins' },
  { role: 'viewer', value: 'family' },
];

async function start(clock?: HeldClock) {
  const provider = await startProvider(() => ANSWER_PAGE);
  provider.accounts.set('1', { sub: '1', preferred_username: 'anna', groups: ['homelab-admins', 'family'] });
  provider.accounts.set('2', { sub: '2', preferred_username: 'bob', groups: ['family'] });
  provider.accounts.set('3', { sub: '3', preferred_username: 'mallory', groups: ['others'] });
  const hub = await startTestHub({
    publicUrl: HOME,
    ...(clock ? { clock } : {}),
    oidc: { issuer: provider.issuer, ...CLIENT, label: 'Home', roleClaim: 'groups', roles: ROLES },
  });
  const begin = async (cookie = '', purpose = 'sign_in') => {
    const begun = await withCookie<{ url: string }>(hub, cookie, 'POST', '/session/oidc', { purpose });
    expect(begun.status).toBe(200);
    return { url: begun.body.url, cookie: cookieOf(begun) };
  };
  const finish = <T = Session>(cookie: string, search: string): Promise<Answer<T>> =>
    withCookie<T>(hub, cookie, 'POST', '/session/oidc/answer', { search });
  return {
    ...{ provider, hub, begin, finish },
    async enter<T = Session>(sub: string): Promise<Answer<T>> {
      const { url, cookie } = await begin();
      return finish<T>(cookie, (await provider.signIn(url, sub)).search);
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

const sessionCookie = (answer: Answer<unknown>): string =>
  answer.headers
    .getSetCookie()
    .map((set) => set.split(';')[0] ?? '')
    .find((set) => /hlcs_/.test(set)) ?? '';

test('who is known at the provider signs in with the role that a rule gives them, the same person each time', async () => {
  await using stage = await start();
  const first = await stage.enter('1');
  expect(first.body.principal).toMatchObject({ name: 'anna', role: 'admin', proves_by: ['oidc'] });
  stage.provider.accounts.set('1', { sub: '1', preferred_username: 'anna-new', groups: ['family'] });
  const again = await stage.enter('1');
  expect(again.body.principal).toMatchObject({
    name: 'anna',
    role: 'viewer',
    user_id: first.body.principal?.user_id,
  });
  const caller = callerWith(stage.hub, 'anna', '', sessionCookie(again));
  expect((await caller.call('GET', '/servers')).status).toBe(200);
  expect((await caller.call('GET', '/users')).status).toBe(403);
  const { body } = await stage.hub.call<{ users: User[] }>('GET', '/users');
  expect(body.users.map(({ signs_in_by }) => signs_in_by)).toContainEqual(['oidc']);
  expect(body.users).toMatchObject([{ name: 'anna', role: 'viewer', status: 'active' }]);
});

test('whom no rule fits, and who is disabled here, does not come in', async () => {
  await using stage = await start();
  const mallory = await stage.enter<Problem>('3');
  expect([mallory.status, sessionCookie(mallory)]).toEqual([401, '']);
  expect(mallory.body.detail).toContain('no rule here gives you a role');
  const bob = await stage.enter('2');
  await stage.hub.call('PATCH', `/users/${bob.body.principal?.user_id}`, { is_disabled: true });
  expect((await stage.enter('2')).status).toBe(401);
});

test('a name at the provider makes nobody somebody here: who has it here stays another', async () => {
  await using stage = await start();
  const anna = await personWith(stage.hub, 'Anna', 'operator');
  const other = await stage.enter('1');
  expect(other.body.principal?.name).toBe('anna@127.0.0.1');
  expect(other.body.principal?.user_id).not.toBe(anna.userId);
  await keyWith(stage.hub, 'bob', ['read']);
  expect((await stage.enter('2')).body.principal?.name).toBe('bob@127.0.0.1');
});

test('an answer opens nothing in another browser, for another journey, twice, changed or late', async () => {
  const clock = new HeldClock();
  await using stage = await start(clock);
  const mine = await stage.begin();
  const back = (await stage.provider.signIn(mine.url, '1')).search;
  const other = await stage.begin();
  const { search: changed } = new URL(`${ANSWER_PAGE}${back.replace(/code=[^&]+/, 'code=another')}`);
  for (const [cookie, search] of [
    ['', back],
    [other.cookie, back],
    [mine.cookie, '?state=none&code=x'],
    [mine.cookie, '?'],
  ] as const)
    expect([search, (await stage.finish(cookie, search)).status]).toEqual([search, 401]);
  expect((await stage.finish(mine.cookie, back)).status).toBe(200);
  expect((await stage.finish(mine.cookie, back)).status).toBe(401);

  const second = await stage.begin();
  await stage.provider.signIn(second.url, '1');
  const state = new URL(second.url).searchParams.get('state') ?? '';
  expect((await stage.finish(second.cookie, changed.replace(/state=[^&]+/, `state=${state}`))).status).toBe(
    401,
  );

  const late = await stage.begin();
  const lateBack = (await stage.provider.signIn(late.url, '1')).search;
  clock.advance(10 * 60_000);
  expect((await stage.finish(late.cookie, lateBack)).status).toBe(401);
});

test('a proof is asked of the provider anew, and counts for who is signed in alone', async () => {
  const clock = new HeldClock();
  await using stage = await start(clock);
  const cookie = sessionCookie(await stage.enter('1'));
  const anna = callerWith(stage.hub, 'anna', '', cookie);
  clock.advance(6 * 60_000);
  expect((await anna.call<Problem>('POST', '/keys', { name: 'a' })).body.code).toBe('proof_required');
  // She has no password here.
  expect((await anna.call('POST', '/session/proof', { password: 'x' })).status).toBe(403);
  const prove = async (sub: string) => {
    const { url, cookie: word } = await stage.begin(cookie, 'proof');
    expect(new URL(url).searchParams.get('prompt')).toBe('login');
    return stage.finish<Problem>(`${cookie}; ${word}`, (await stage.provider.signIn(url, sub)).search);
  };
  expect((await prove('2')).status).toBe(401);
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(403);
  expect((await prove('1')).status).toBe(200);
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(201);
});

test('who comes by the single sign-on proves it by a passkey, and does not come in by one', async () => {
  const clock = new HeldClock();
  await using stage = await start(clock);
  const anna = callerWith(stage.hub, 'anna', '', sessionCookie(await stage.enter('1')));
  const device = softwareAuthenticator();
  expect((await addPasskey(anna, device)).status).toBe(201);
  expect((await anna.call<Session>('GET', '/session')).body.principal?.proves_by).toEqual([
    'passkey',
    'oidc',
  ]);
  clock.advance(6 * 60_000);
  expect((await anna.call<Problem>('POST', '/keys', { name: 'a' })).body.code).toBe('proof_required');
  expect((await proveByPasskey(anna, device)).status).toBe(200);
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(201);
  // Her provider would not be asked whether she may still come in.
  const { status, body } = await signInByPasskey(stage.hub, device);
  expect([status, body.detail]).toEqual([401, expect.stringContaining('by the single sign-on')]);
});

test('without a provider there is no such way; one that does not answer is told of', async () => {
  await using plain = await startTestHub();
  expect((await plain.call('POST', '/session/oidc', {})).status).toBe(404);
  await using lost = await startTestHub({
    oidc: { issuer: 'http://127.0.0.1:1', ...CLIENT, label: 'Home', roleClaim: 'groups', roles: ROLES },
  });
  const asked = await lost.call<Problem>('POST', '/session/oidc', {});
  expect([asked.status, asked.body.detail]).toEqual([503, expect.stringContaining('Home does not answer')]);
  expect(lost.faults).toEqual([]);
});
