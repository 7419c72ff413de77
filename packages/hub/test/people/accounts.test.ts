import type { Action, OpenSession, Problem, Session, User } from '@homelabcmd/protocol';
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { HeldClock, startTestHub, type TestHub } from '../hub-fixture.ts';
import { type Caller, keyWith, PASSWORD, personWith, signInAs, withCookie } from './people-fixture.ts';

const NO_KEY = { 'x-api-key': '' };
const signIn = <T = Problem>(hub: TestHub, body: object) => hub.call<T>('POST', '/session', body, NO_KEY);

test('a name is the same in any case; what is wrong is not told apart, nor by how long it takes', async () => {
  await using hub = await startTestHub();
  await personWith(hub, 'Anna', 'viewer');
  expect((await signIn<Session>(hub, { name: 'anna', password: PASSWORD })).body.principal?.name).toBe(
    'Anna',
  );
  const nobody = await signIn(hub, { name: 'nobody', password: PASSWORD });
  const wrong = await signIn(hub, { name: 'anna', password: `${PASSWORD}!` });
  expect([nobody.status, nobody.body.detail]).toEqual([401, wrong.body.detail]);
  expect(wrong.status).toBe(401);
});

test('passwords are kept by Argon2id, with a salt for each, and in no answer, event, entry or log line', async () => {
  await using hub = await startTestHub();
  await personWith(hub, 'Anna', 'viewer');
  await personWith(hub, 'Bob', 'viewer');
  const hashes = hub.rows<{ password_hash: string }>('SELECT password_hash FROM users');
  for (const { password_hash } of hashes)
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(new Set(hashes.map(({ password_hash }) => password_hash)).size).toBe(2);
  const { text } = await hub.call('GET', '/users');
  for (const place of [
    text,
    hub.logLines,
    hub.rows('SELECT * FROM events'),
    hub.rows('SELECT * FROM audit_entries'),
  ]) {
    expect(JSON.stringify(place)).not.toContain(PASSWORD);
    expect(JSON.stringify(place)).not.toContain('argon2id');
  }
});

test('a name is guessed at twenty times in ten minutes and no more, from wherever; others are not touched', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const anna = await personWith(hub, 'Anna', 'viewer');
  for (let n = 0; n < 20; n += 1) {
    // One address may try ten times a minute.
    if (n === 10) clock.advance(60_000);
    expect((await signIn(hub, { name: 'Anna', password: `wrong ${n}` })).status).toBe(401);
  }
  clock.advance(60_000);
  const shut = await signIn(hub, { name: 'ANNA', password: PASSWORD });
  expect([shut.status, Number(shut.headers.get('retry-after'))]).toEqual([429, 480]);
  expect((await signIn(hub, { name: 'Bob', password: PASSWORD })).status).toBe(401);
  expect((await anna.call('GET', '/servers')).status).toBe(200);
  clock.advance(480_000);
  await signInAs(hub, anna);
});

/** The codes of somebody's authenticator. */
async function addTotp(caller: Caller, clock: HeldClock): Promise<() => string> {
  const begun = await caller.call<{ secret: string; uri: string }>('POST', '/account/totp');
  expect(begun.body.uri).toContain('otpauth://totp/HomelabCmd:');
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  const code = () => totp.generate({ timestamp: clock.nowMs() });
  expect((await caller.call('PUT', '/account/totp', { totp_code: '000000' })).status).toBe(403);
  expect((await caller.call('PUT', '/account/totp', { totp_code: code() })).status).toBe(204);
  return code;
}

test('with an authenticator signing in takes a code, which opens once', async () => {
  const clock = new HeldClock(Date.parse('2026-01-01T00:00:00Z'));
  await using hub = await startTestHub({ clock });
  const anna = await personWith(hub, 'Anna', 'operator');
  const code = await addTotp(anna, clock);
  const by = (totp_code?: string) => signIn(hub, { name: 'Anna', password: PASSWORD, totp_code });
  const without = await by();
  expect([without.status, without.body.code]).toEqual([401, 'totp_required']);
  // The one that confirmed it has been used.
  expect((await by(code())).status).toBe(401);
  clock.advance(30_000);
  const both = await Promise.all([by(code()), by(code())]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
  expect((await by(code())).status).toBe(401);
  clock.advance(30_000);
  const behind = code();
  clock.advance(25_000);
  expect((await by(behind)).status).toBe(200);
  clock.advance(120_000);
  expect((await by(behind)).status).toBe(401);
  // A password that is wrong is not told from one that is right by whether a code is asked for.
  expect((await signIn(hub, { name: 'Anna', password: 'wrong' })).body.code).toBe('unauthenticated');
  expect((await anna.call('DELETE', '/account/totp')).status).toBe(204);
  expect((await by()).status).toBe(200);
  expect(hub.rows(`SELECT verb FROM audit_entries WHERE verb LIKE 'user.totp%' ORDER BY id`)).toEqual([
    { verb: 'user.totp_added' },
    { verb: 'user.totp_removed' },
  ]);
});

test('a proof is asked for anew, and another’s does not do', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const anna = await personWith(hub, 'Anna', 'admin');
  clock.advance(5 * 60_000);
  const refused = await anna.call<Problem>('POST', '/keys', { name: 'a' });
  expect([refused.status, refused.body.code, refused.body.proof]).toEqual([403, 'proof_required', 'fresh']);
  for (const body of [{ password: 'wrong' }, { api_key: 'a-key-of-the-tests-with-more-than-32-characters' }])
    expect((await anna.call('POST', '/session/proof', body)).status).toBe(403);
  expect((await anna.call('GET', '/servers')).status).toBe(200);
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(403);
  expect((await anna.call<Session>('POST', '/session/proof', { password: PASSWORD })).body.proved_at).toBe(
    new Date(clock.nowMs()).toISOString(),
  );
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(201);
});

test('a restart that can lock people out takes a fresh proof, any other one of the last twelve hours', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  const anna = await personWith(hub, 'Anna', 'approver');
  clock.advance(11 * 3_600_000);
  const ssh = (await hub.restart('nas', 'ssh')).body;
  const plex = (await hub.restart('nas', 'plex')).body;
  const approve = ({ action_id }: Action) => anna.call<Problem>('POST', `/actions/${action_id}/approve`);
  const refused = await approve(ssh);
  expect([refused.status, refused.body.proof]).toEqual([403, 'fresh']);
  expect((await approve(plex)).status).toBe(200);
  await anna.call('POST', '/session/proof', { password: PASSWORD });
  expect((await approve(ssh)).status).toBe(200);
});

test('the sessions of somebody are theirs to see and to end; a new password ends all others', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'operator');
  const phone = await signInAs(hub, anna);
  const list = async (of: Caller) =>
    (await of.call<{ sessions: OpenSession[] }>('GET', '/sessions')).body.sessions;
  const seen = await list(phone);
  expect(
    seen.map(({ is_current, principal_name, address }) => [is_current, principal_name, address]),
  ).toEqual(
    expect.arrayContaining([
      [true, 'Anna', '127.0.0.1'],
      [false, 'Anna', '127.0.0.1'],
    ]),
  );
  expect((await phone.call('PUT', '/account/password', { password: 'quite another password' })).status).toBe(
    204,
  );
  expect((await anna.call('GET', '/servers')).status).toBe(401);
  expect(await list(phone)).toHaveLength(1);
  expect((await signIn(hub, { name: 'Anna', password: PASSWORD })).status).toBe(401);
  const desk = await signInAs(hub, anna, 'quite another password');
  expect((await desk.call('DELETE', '/sessions')).status).toBe(204);
  expect((await phone.call('GET', '/servers')).status).toBe(401);
  expect((await desk.call('GET', '/servers')).status).toBe(200);
});

test('whoever signs in has a new session, and the one that the browser had is over', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'viewer');
  const answer = await withCookie(hub, anna.cookie, 'POST', '/session', { name: 'Anna', password: PASSWORD });
  expect(answer.status).toBe(200);
  expect((await anna.call('GET', '/servers')).status).toBe(401);
});

test('nobody grants what they may not do, and the last administrator stays one', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'admin');
  const clerk = await keyWith(hub, 'clerk', ['read', 'admin']);
  const asClerk = (method: string, path: string, body?: object) =>
    hub.call(method, path, body, { 'x-api-key': clerk });
  expect((await asClerk('POST', '/keys', { name: 'a', scopes: ['approve'] })).status).toBe(403);
  expect((await asClerk('POST', '/users', { name: 'b', role: 'approver' })).status).toBe(403);
  expect((await asClerk('POST', '/users', { name: 'c', role: 'viewer' })).status).toBe(201);
  expect((await asClerk('PATCH', `/users/${anna.userId}`, { is_disabled: true })).status).toBe(403);
  for (const change of [{ role: 'viewer' }, { is_disabled: true }]) {
    const refused = await hub.call('PATCH', `/users/${anna.userId}`, change);
    expect([refused.status, refused.body.code]).toEqual([409, 'last_admin']);
  }
  expect((await hub.call('DELETE', `/users/${anna.userId}`)).body.code).toBe('last_admin');
  await personWith(hub, 'Bob', 'admin');
  expect((await hub.call('DELETE', `/users/${anna.userId}`)).status).toBe(204);
});

test('a key of a person’s may do no more than the person, is gone with them, and its name stays theirs', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'admin');
  await personWith(hub, 'Bob', 'admin');
  const made = await anna.call<{ secret: string }>('POST', '/keys', {
    name: 'script',
    scopes: ['read', 'admin'],
  });
  const byKey = async (path: string) =>
    (await hub.call('GET', path, undefined, { 'x-api-key': made.body.secret })).status;
  expect(await byKey('/users')).toBe(200);
  await hub.call<User>('PATCH', `/users/${anna.userId}`, { role: 'viewer' });
  expect([await byKey('/users'), await byKey('/servers')]).toEqual([403, 200]);
  await hub.call('PATCH', `/users/${anna.userId}`, { is_disabled: true });
  expect(await byKey('/servers')).toBe(401);
  await hub.call('PATCH', `/users/${anna.userId}`, { is_disabled: false });
  expect(await byKey('/servers')).toBe(200);
  await hub.call('DELETE', `/users/${anna.userId}`);
  expect(await byKey('/servers')).toBe(401);
  expect((await hub.call('POST', '/keys', { name: 'SCRIPT' })).status).toBe(409);
  expect((await hub.call('POST', '/users', { name: 'Script', role: 'admin' })).status).toBe(409);
});

test('a key ends when it was said to', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const at = (ms: number) => new Date(clock.nowMs() + ms).toISOString();
  expect((await hub.call('POST', '/keys', { name: 'past', expires_at: at(0) })).status).toBe(422);
  const made = await hub.call<{ secret: string }>('POST', '/keys', { name: 'month', expires_at: at(1000) });
  const headers = { 'x-api-key': made.body.secret };
  clock.advance(999);
  expect((await hub.call('GET', '/servers', undefined, headers)).status).toBe(200);
  clock.advance(1);
  expect((await hub.call('GET', '/servers', undefined, headers)).status).toBe(401);
});

test('under a rule of two people somebody is one person, whatever they sign in with', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('PUT', '/policies/two', { server_id: 'nas', mode: 'two_person' });
  const anna = await personWith(hub, 'Anna', 'admin');
  const bob = await personWith(hub, 'Bob', 'approver');
  const scopes = ['read', 'request', 'approve'];
  const key = (await anna.call<{ secret: string }>('POST', '/keys', { name: 'anna-phone', scopes })).body
    .secret;
  const asked = await anna.call<Action>('POST', '/servers/nas/services/plex/restart');
  const path = `/actions/${asked.body.action_id}/approve`;
  expect((await (await signInAs(hub, anna)).call('POST', path)).status).toBe(403);
  expect((await hub.call('POST', path, undefined, { 'x-api-key': key })).status).toBe(403);
  expect((await bob.call('POST', path)).status).toBe(200);
});
