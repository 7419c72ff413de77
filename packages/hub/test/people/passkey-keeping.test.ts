import { createHash } from 'node:crypto';
import type { CreationOptions, Passkey, Problem, Session, User } from '@homelabcmd/protocol';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import { expect, test } from 'vitest';
import { startTestHub } from '../hub-fixture.ts';
import { PASSWORD, personWith, signInAs, withCookie } from './people-fixture.ts';
import {
  addPasskey,
  beginSignIn,
  callerByPasskey,
  finishSignIn,
  HOME,
  HOST,
  personWithPasskey,
  proveByPasskey,
  signInByPasskey,
  startStage,
} from './passkey-fixture.ts';

const MINUTE_MS = 60_000;

test('what is removed, and whoever is disabled, removed or invited anew, opens nothing', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'admin');
  const bob = await personWithPasskey(hub, 'Bob', 'viewer');
  const bobSignsIn = async () =>
    (await anna.call<{ users: User[] }>('GET', '/users')).body.users.find(({ name }) => name === 'Bob')
      ?.signs_in_by;
  expect(await bobSignsIn()).toEqual(['password', 'passkey']);
  const pending = bob.device.get(await beginSignIn(hub), HOME);
  await anna.call('PATCH', `/users/${bob.userId}`, { is_disabled: true });
  expect((await finishSignIn(hub, pending)).status).toBe(401);
  expect((await signInByPasskey(hub, bob.device)).status).toBe(401);
  expect(hub.rows('SELECT * FROM sessions WHERE user_id = ?', bob.userId)).toEqual([]);
  await anna.call('PATCH', `/users/${bob.userId}`, { is_disabled: false });
  expect((await signInByPasskey(hub, bob.device)).status).toBe(200);

  const invited = await anna.call<{ token: string; user: User }>('POST', `/users/${bob.userId}/invitation`);
  expect((await signInByPasskey(hub, bob.device)).status).toBe(401);
  expect(await bobSignsIn()).toEqual([]);
  const { token } = invited.body;
  await withCookie(hub, '', 'POST', '/invitation', { token, password: PASSWORD });
  expect((await signInByPasskey(hub, bob.device)).status).toBe(401);

  const back = await signInAs(hub, bob);
  expect((await addPasskey(back, bob.device)).status).toBe(201);
  await anna.call('DELETE', `/users/${bob.userId}`);
  expect((await signInByPasskey(hub, bob.device)).status).toBe(401);

  expect((await anna.call('DELETE', `/account/passkeys/${anna.passkey.passkey_id}`)).status).toBe(204);
  expect((await signInByPasskey(hub, anna.device)).status).toBe(401);
  expect((await anna.call('POST', '/session/proof/passkey')).status).toBe(404);
  expect((await anna.call<Session>('GET', '/session')).body.principal?.proves_by).toEqual(['password']);
  expect(hub.rows('SELECT * FROM passkeys')).toEqual([]);
});

test('a passkey is its owner’s alone to name and to remove, and that is on the record', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'viewer');
  const bob = await personWith(hub, 'Bob', 'admin');
  const path = `/account/passkeys/${anna.passkey.passkey_id}`;
  expect((await bob.call('PATCH', path, { name: 'mine' })).status).toBe(404);
  expect((await bob.call('DELETE', path)).status).toBe(404);
  expect((await anna.call('PATCH', path, { name: '   ' })).status).toBe(422);
  expect((await anna.call<Passkey>('PATCH', path, { name: ' Her phone ' })).body.name).toBe('Her phone');
  stage.clock.advance(5 * MINUTE_MS);
  for (const [method, to, body] of [
    ['DELETE', path, undefined],
    ['POST', '/account/passkeys/options', undefined],
    ['POST', '/account/passkeys', {}],
  ] as const)
    expect((await anna.call<Problem>(method, to, body)).body.code).toBe('proof_required');
  await proveByPasskey(anna, anna.device);
  expect((await anna.call('DELETE', path)).status).toBe(204);
  const kept = hub.rows<{ verb: string; detail: string }>(
    `SELECT verb, detail FROM audit_entries WHERE verb LIKE 'user.passkey%' ORDER BY id`,
  );
  expect(kept.map(({ verb, detail }) => [verb, (JSON.parse(detail) as { passkey: string }).passkey])).toEqual(
    [
      ['user.passkey_added', 'A phone'],
      ['user.passkey_renamed', 'Her phone'],
      ['user.passkey_removed', 'Her phone'],
    ],
  );
});

test('nobody has more than ten, nor one twice', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWith(hub, 'Anna', 'viewer');
  const device = softwareAuthenticator();
  expect((await addPasskey(anna, device)).status).toBe(201);
  // The device itself says so: it is asked to.
  await expect(addPasskey(anna, device)).rejects.toThrow('InvalidStateError');
  const begun = await anna.call<CreationOptions>('POST', '/account/passkeys/options');
  const second = {
    name: 'x',
    credential: device.create({ ...begun.body, excludeCredentials: [] }, HOME),
  };
  const bob = await personWith(hub, 'Bob', 'viewer');
  const both = await Promise.all([1, 2].map(() => anna.call('POST', '/account/passkeys', second)));
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403]);
  for (let n = 3; n < 10; n += 1) expect((await addPasskey(anna)).status).toBe(201);
  // Two begin, and one place is left.
  const options = await Promise.all(
    [1, 2].map(() => anna.call<CreationOptions>('POST', '/account/passkeys/options')),
  );
  const late = await Promise.all(
    options.map(({ body }) => {
      const credential = softwareAuthenticator().create(body, HOME);
      return anna.call('POST', '/account/passkeys', { name: 'x', credential });
    }),
  );
  expect(late.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403]);
  expect((await anna.call<Problem>('POST', '/account/passkeys/options')).body.detail).toContain(
    '10 passkeys',
  );
  expect((await addPasskey(bob)).status).toBe(201);
});

test('another’s credential is not taken a second time', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'viewer');
  const bob = await personWith(hub, 'Bob', 'viewer');
  const id =
    hub.rows<{ credential_id: string }>('SELECT credential_id FROM passkeys')[0]?.credential_id ?? '';
  const begun = await bob.call<CreationOptions>('POST', '/account/passkeys/options');
  const credential = softwareAuthenticator({ credentialId: id }).create(
    begun.body,
    'https://hub.example.org',
  );
  const taken = await bob.call<Problem>('POST', '/account/passkeys', { name: 'x', credential });
  expect([taken.status, taken.body.code]).toEqual([409, 'already_exists']);
  expect((await callerByPasskey(hub, anna.device)).name).toBe('Anna');
});

test('a passkey opens the host that it was made for, and no other', async () => {
  await using stage = await startStage();
  const anna = await personWithPasskey(stage.hub, 'Anna', 'viewer');
  await stage.hub.write('UPDATE passkeys SET rp_id = ?', 'old.example.org');
  expect((await signInByPasskey(stage.hub, anna.device)).status).toBe(401);
  expect((await anna.call('POST', '/session/proof/passkey')).status).toBe(404);
  expect((await anna.call<Session>('GET', '/session')).body.principal?.proves_by).toEqual(['password']);
  const { body } = await anna.call<{ passkeys: Passkey[] }>('GET', '/account/passkeys');
  expect(body.passkeys).toMatchObject([{ rp_id: 'old.example.org' }]);
});

test('whose hub is reached by an address has none, and is told why', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'viewer');
  expect((await anna.call<Session>('GET', '/session')).body.passkey_host).toBeNull();
  for (const path of ['/account/passkeys/options', '/session/passkey', '/session/proof/passkey']) {
    const { status, body } = await anna.call<Problem>('POST', path);
    expect([path, status, body.detail]).toEqual([
      path,
      404,
      expect.stringContaining('on a host name, not on an address'),
    ]);
  }
  expect((await anna.call('GET', '/account/passkeys')).status).toBe(200);
});

test('without an address of its own the hub takes the name by which it is asked', async () => {
  await using hub = await startTestHub();
  const anna = await personWith(hub, 'Anna', 'viewer');
  const origin = hub.url.replace('127.0.0.1', 'localhost');
  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie: anna.cookie, 'content-type': 'application/json', origin },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as unknown;
  };
  const device = softwareAuthenticator();
  expect(((await ask('/session')) as Session).passkey_host).toBe('localhost');
  const credential = device.create((await ask('/account/passkeys/options', {})) as CreationOptions, origin);
  const made = await ask('/account/passkeys', { name: 'x', credential });
  expect(made).toMatchObject({ rp_id: 'localhost' });
  const asked = (await ask('/session/passkey', {})) as Parameters<typeof device.get>[0];
  expect(await ask('/session/passkey/answer', { credential: device.get(asked, origin) })).toMatchObject({
    principal: { name: 'Anna' },
  });
});

test('guessing with passkeys is as slow as with passwords', async () => {
  await using stage = await startStage();
  const { hub, clock } = stage;
  const { device } = await personWithPasskey(hub, 'Anna', 'viewer');
  for (let n = 0; n < 10; n += 1)
    expect((await signInByPasskey(hub, device, { verified: false })).status).toBe(401);
  expect((await withCookie(hub, '', 'POST', '/session/passkey')).status).toBe(429);
  const known = { name: 'Anna', password: PASSWORD };
  expect((await withCookie(hub, '', 'POST', '/session', known)).status).toBe(429);
  clock.advance(MINUTE_MS);
  expect((await signInByPasskey(hub, device)).status).toBe(200);
});

test('what is kept of a passkey verifies and opens nothing; no name goes into the device but as a label', async () => {
  await using stage = await startStage();
  const anna = await personWith(stage.hub, 'Anna', 'viewer');
  const begun = await anna.call<CreationOptions>('POST', '/account/passkeys/options');
  expect(begun.body).toMatchObject({
    rp: { id: HOST, name: 'HomelabCmd' },
    user: { name: 'Anna' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  expect(Buffer.from(begun.body.user.id, 'base64url').toString()).toBe(anna.userId);
  const device = softwareAuthenticator();
  const credential = device.create(begun.body, HOME);
  await anna.call('POST', '/account/passkeys', { name: 'x', credential });
  const [row] = stage.hub.rows<{ public_key: string; algorithm: number; credential_id: string }>(
    'SELECT * FROM passkeys',
  );
  expect(row).toMatchObject({ algorithm: -7, credential_id: credential.id });
  const digest = createHash('sha256').update(HOST).digest();
  const authenticatorData = Buffer.from(credential.response.authenticatorData, 'base64url');
  expect(authenticatorData.subarray(0, 32)).toEqual(digest);
  expect(authenticatorData.toString('base64url').endsWith(row?.public_key.slice(-40) ?? '?')).toBe(true);
});
