import type { Problem, Session, User } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../hub-fixture.ts';
import { callerWith, cookieOf, PASSWORD, personWith, signInAs } from './people-fixture.ts';

const NO_KEY = { 'x-api-key': '' };
const setUp = <T = Session>(hub: TestHub, token: string, change: object = {}) =>
  hub.call<T>('POST', '/setup', { token, name: 'Anna', password: PASSWORD, ...change }, NO_KEY);
const tokenOf = (hub: TestHub): string => hub.hub.setUpToken ?? '';
const whoAmI = async (hub: TestHub) => (await hub.call<Session>('GET', '/session')).body;

test('the first account is an administrator, made once with the token of the console', async () => {
  await using hub = await startTestHub();
  const token = tokenOf(hub);
  expect(token).toMatch(/^hlc1_[\w-]{43}$/);
  expect((await whoAmI(hub)).is_to_set_up).toBe(true);
  const made = await setUp(hub, token);
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    principal: { name: 'Anna', kind: 'person', role: 'admin', has_totp: false },
    is_to_set_up: false,
  });
  const anna = callerWith(hub, 'Anna', '', cookieOf(made));
  expect((await anna.call<{ users: User[] }>('GET', '/users')).body.users).toMatchObject([
    // Making it has signed them in.
    { name: 'Anna', role: 'admin', status: 'active', last_signed_in_at: expect.any(String) },
  ]);
  expect(hub.hub.setUpToken).toBeNull();
  // Gone: for the right token too, and for every way to write the address.
  for (const path of ['/setup', '/setup/', '/Setup', '/./setup', '/x/../setup'])
    expect([
      path,
      (await hub.call('POST', path, { token, name: 'Bob', password: PASSWORD }, NO_KEY)).status,
    ]).toEqual([path, 404]);
});

test('another token makes nothing, and guessing is slow', async () => {
  await using hub = await startTestHub();
  for (let n = 0; n < 10; n += 1) expect((await setUp(hub, `hlc1_${n}`)).status).toBe(401);
  expect((await setUp(hub, tokenOf(hub))).status).toBe(429);
  expect(hub.rows('SELECT * FROM users')).toEqual([]);
});

test('of many who come at once, one makes the account', async () => {
  await using hub = await startTestHub();
  const token = tokenOf(hub);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => setUp(hub, token, { name: `person-${n}` })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(hub.rows('SELECT * FROM users')).toHaveLength(1);
  expect(hub.rows('SELECT * FROM sessions')).toHaveLength(1);
});

test('the token of one start opens nothing at the next, and there is none once somebody has an account', async () => {
  using folder = disposableFolder();
  const first = await startTestHub({ dataDir: folder.path });
  const old = tokenOf(first);
  await first.stop();
  const second = await startTestHub({ dataDir: folder.path });
  expect(tokenOf(second)).not.toBe(old);
  expect((await setUp(second, old)).status).toBe(401);
  expect((await setUp(second, tokenOf(second))).status).toBe(200);
  await second.stop();
  await using third = await startTestHub({ dataDir: folder.path });
  expect(third.hub.setUpToken).toBeNull();
  expect((await whoAmI(third)).is_to_set_up).toBe(false);
});

test.each([
  ['a short password', { password: 'eleven char' }, 422, 'password'],
  ['the name of the first key', { name: 'Dashboard' }, 409, null],
  ['the name of the hub', { name: 'HUB' }, 409, null],
  ['a name that looks like another', { name: 'Аnna' }, 422, 'name'],
])('%s is refused, and the token is still good', async (_what, change, status, field) => {
  await using hub = await startTestHub();
  const refused = await setUp<Problem>(hub, tokenOf(hub), change);
  expect([refused.status, refused.body.errors?.[0]?.path ?? null]).toEqual([status, field]);
  expect((await setUp(hub, tokenOf(hub))).status).toBe(200);
});

test('the bootstrap key works before and after, and needs no proof', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const byKey = await hub.call('POST', '/session', {
    api_key: 'a-key-of-the-tests-with-more-than-32-characters',
  });
  expect((await hub.call('POST', '/users', { name: 'Bob', role: 'viewer' })).status).toBe(201);
  expect((await setUp(hub, tokenOf(hub))).status).toBe(404);
  clock.advance(13 * 3_600_000);
  const session = callerWith(hub, 'dashboard', '', cookieOf(byKey));
  expect((await session.call('POST', '/users', { name: 'Cleo', role: 'admin' })).status).toBe(201);
});

test('an invitation is good once, for one person, for three days', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const invite = async (name: string) =>
    (await hub.call<{ user: User; token: string }>('POST', '/users', { name, role: 'operator' })).body;
  const accept = (token: string) =>
    hub.call<Session>('POST', '/invitation', { token, password: PASSWORD }, NO_KEY);
  const bob = await invite('Bob');
  expect(bob.user.status).toBe('invited');
  expect((await hub.call('POST', '/session', { name: 'Bob', password: PASSWORD }, NO_KEY)).status).toBe(401);
  const accepted = await Promise.all(Array.from({ length: 10 }, () => accept(bob.token)));
  expect(accepted.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200,
    ...Array<number>(9).fill(401),
  ]);
  expect(JSON.stringify(hub.rows('SELECT * FROM invitations'))).toBe('[]');

  clock.advance(61_000);
  const late = await invite('Late');
  clock.advance(72 * 3_600_000);
  expect((await accept(late.token)).status).toBe(401);
  const gone = await invite('Gone');
  await hub.call('PATCH', `/users/${gone.user.user_id}`, { is_disabled: true });
  expect((await accept(gone.token)).status).toBe(401);
});

test('a new invitation takes away what somebody could sign in with', async () => {
  await using hub = await startTestHub();
  await personWith(hub, 'Anna', 'admin');
  const bob = await personWith(hub, 'Bob', 'approver');
  const invited = await hub.call<{ token: string }>('POST', `/users/${bob.userId}/invitation`);
  expect((await bob.call('GET', '/servers')).status).toBe(401);
  expect((await hub.call('POST', '/session', { name: 'Bob', password: PASSWORD }, NO_KEY)).status).toBe(401);
  const again = { token: invited.body.token, password: 'another one of enough length' };
  expect((await hub.call('POST', '/invitation', again, NO_KEY)).status).toBe(200);
  await signInAs(hub, bob, again.password);
});
