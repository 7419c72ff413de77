import type { CreationOptions, Passkey, Problem, Session } from '@homelabcmd/protocol';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { callerWith, cookieOf, PASSWORD, personWith, signInAs, withCookie } from './people-fixture.ts';
import {
  addPasskey,
  beginProof,
  beginSignIn,
  callerByPasskey,
  type Dishonesty,
  finishProof,
  finishSignIn,
  HOME,
  HOST,
  personWithPasskey,
  proveByPasskey,
  signInByPasskey,
  startStage,
} from './passkey-fixture.ts';

const MINUTE_MS = 60_000;

const DISHONEST: [string, Dishonesty][] = [
  ['of another origin', { origin: 'https://hub.example.com' }],
  ['of another port', { origin: 'https://hub.example.org:8443' }],
  ['without TLS', { origin: 'http://hub.example.org' }],
  ['for another host', { rpId: 'example.org' }],
  ['without a look at who is there', { verified: false }],
  ['without anybody there', { present: false, verified: false }],
  ['to a question of its own', { challenge: Buffer.alloc(32).toString('base64url') }],
  ['that was asked for in a frame of another site', { crossOrigin: true }],
  ['of another kind', { type: 'payment.get' }],
];

test.each(['ES256', 'EdDSA'] as const)(
  'a passkey is made, is shown, signs in and proves (%s)',
  async (algorithm) => {
    await using stage = await startStage();
    const { hub, clock } = stage;
    const anna = await personWithPasskey(hub, 'Anna', 'admin', softwareAuthenticator({ algorithm }));
    expect(anna.passkey).toMatchObject({
      name: 'A phone',
      rp_id: HOST,
      is_synced: false,
      last_used_at: null,
    });
    clock.advance(MINUTE_MS);

    const answer = await signInByPasskey<Session>(hub, anna.device);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      principal: { name: 'Anna', role: 'admin', proves_by: ['passkey', 'password'] },
      passkey_host: HOST,
    });
    const [opened] = hub.rows<{ detail: string }>(
      `SELECT detail FROM audit_entries WHERE verb = 'session.opened' ORDER BY id DESC`,
    );
    expect(JSON.parse(opened?.detail ?? '')).toMatchObject({ passkey: 'A phone', from_address: '127.0.0.1' });
    const again = callerWith(hub, 'Anna', anna.userId, cookieOf(answer));
    const { body } = await again.call<{ passkeys: Passkey[] }>('GET', '/account/passkeys');
    const lastUsed = new Date(clock.nowMs()).toISOString();
    expect(body.passkeys).toEqual([{ ...anna.passkey, last_used_at: lastUsed }]);

    clock.advance(5 * MINUTE_MS);
    expect((await again.call<Problem>('POST', '/keys', { name: 'a' })).body.code).toBe('proof_required');
    const proved = await proveByPasskey<Session>(again, anna.device);
    expect([proved.status, proved.body.proved_at]).toEqual([200, new Date(clock.nowMs()).toISOString()]);
    expect((await again.call('POST', '/keys', { name: 'a' })).status).toBe(201);
  },
);

test('no code is asked for after a passkey: it is two things already', async () => {
  await using stage = await startStage();
  const { hub, clock } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'admin');
  const { body } = await anna.call<{ secret: string }>('POST', '/account/totp');
  const totp_code = new TOTP({ secret: Secret.fromBase32(body.secret) }).generate({
    timestamp: clock.nowMs(),
  });
  expect((await anna.call('PUT', '/account/totp', { totp_code })).status).toBe(204);
  const known = { name: 'Anna', password: PASSWORD };
  expect((await withCookie<Problem>(hub, '', 'POST', '/session', known)).body.code).toBe('totp_required');
  const { status, body: session } = await signInByPasskey<Session>(hub, anna.device);
  expect([status, session.principal?.has_totp]).toEqual([200, true]);
  expect((await proveByPasskey(anna, anna.device)).status).toBe(200);
});

test('a sign-in that is not honest opens nothing', async () => {
  await using stage = await startStage();
  const { device } = await personWithPasskey(stage.hub, 'Anna', 'viewer');
  for (const [what, dishonesty] of DISHONEST) {
    const { status, body, headers } = await signInByPasskey(stage.hub, device, dishonesty);
    expect([what, status, body.code, headers.getSetCookie()]).toEqual([what, 401, 'unauthenticated', []]);
  }
  expect((await signInByPasskey(stage.hub, device)).status).toBe(200);
  expect(stage.hub.faults).toEqual([]);
});

test('a proof that is not honest proves nothing, and signs nobody out', async () => {
  await using stage = await startStage();
  const anna = await personWithPasskey(stage.hub, 'Anna', 'admin');
  stage.clock.advance(5 * MINUTE_MS);
  for (const [what, dishonesty] of DISHONEST) {
    const { status } = await proveByPasskey(anna, anna.device, dishonesty);
    const { body } = await anna.call<Problem>('POST', '/keys', { name: 'a' });
    expect([what, status, body.code]).toEqual([what, 403, 'proof_required']);
  }
  expect((await anna.call('GET', '/servers')).status).toBe(200);
  expect((await proveByPasskey(anna, anna.device)).status).toBe(200);
});

test('a passkey that was not made honestly is not taken', async () => {
  await using stage = await startStage();
  const anna = await personWith(stage.hub, 'Anna', 'viewer');
  for (const [what, dishonesty] of DISHONEST) {
    const { status, body } = await addPasskey<Problem>(anna, softwareAuthenticator(), dishonesty);
    expect([what, status, body.code]).toEqual([what, 403, 'forbidden']);
  }
  expect(stage.hub.rows('SELECT * FROM passkeys')).toEqual([]);
  expect(stage.hub.faults).toEqual([]);
});

test('an answer opens once, in time, and is an answer to what it was asked for', async () => {
  await using stage = await startStage();
  const { hub, clock } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'admin', softwareAuthenticator({ isSynced: true }));
  const once = anna.device.get(await beginSignIn(hub), HOME);
  expect((await finishSignIn(hub, once)).status).toBe(200);
  expect((await finishSignIn(hub, once)).status).toBe(401);

  const late = anna.device.get(await beginSignIn(hub), HOME);
  clock.advance(5 * MINUTE_MS);
  expect((await finishSignIn(hub, late)).status).toBe(401);

  const toProve = anna.device.get(await beginProof(anna), HOME);
  expect((await finishSignIn(hub, toProve)).status).toBe(401);
  const toSignIn = anna.device.get(await beginSignIn(hub), HOME);
  expect((await finishProof(anna, toSignIn)).status).toBe(403);
  expect((await finishProof(anna, toProve)).status).toBe(200);
});

test('of two that come at once with one answer, one comes in', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  // One that does not count: it is the question that is answered once.
  const { device } = await personWithPasskey(
    hub,
    'Anna',
    'viewer',
    softwareAuthenticator({ isSynced: true }),
  );
  const credential = device.get(await beginSignIn(hub), HOME);
  const both = await Promise.all([1, 2, 3, 4].map(() => finishSignIn(hub, credential)));
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
});

test('a proof is of who is signed in, in the session that asked', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'admin');
  const bob = await personWithPasskey(hub, 'Bob', 'admin');
  stage.clock.advance(5 * MINUTE_MS);
  const own = await beginProof(anna);
  expect(own.allowCredentials.map(({ id }) => id)).toHaveLength(1);
  // Bob's key, to what Anna was asked.
  const answer = bob.device.get({ ...own, allowCredentials: [] }, HOME);
  expect((await finishProof(anna, answer)).status).toBe(403);
  // Anna's key, to what Bob was asked.
  const asked = { ...(await beginProof(bob)), allowCredentials: [] };
  expect((await finishProof(anna, anna.device.get(asked, HOME))).status).toBe(403);
  // Anna's own, from another session of hers.
  const phone = await signInAs(hub, anna);
  const onPhone = anna.device.get(await beginProof(phone), HOME);
  expect((await finishProof(anna, onPhone)).status).toBe(403);
  expect((await anna.call('POST', '/keys', { name: 'a' })).status).toBe(403);
  expect((await finishProof(phone, onPhone)).status).toBe(200);
  // Nor is a passkey made in another session than the one that began.
  const begun = await phone.call<CreationOptions>('POST', '/account/passkeys/options');
  const credential = softwareAuthenticator().create(begun.body, HOME);
  expect((await bob.call('POST', '/session/proof', { password: PASSWORD })).status).toBe(200);
  expect((await bob.call('POST', '/account/passkeys', { name: 'x', credential })).status).toBe(403);
});

test('a count that does not go on is another copy of the key: refused, and on the record', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'viewer');
  expect((await signInByPasskey(hub, anna.device, { signCount: 7 })).status).toBe(200);
  for (const signCount of [7, 6, 0])
    expect([signCount, (await signInByPasskey(hub, anna.device, { signCount })).status]).toEqual([
      signCount,
      401,
    ]);
  expect((await proveByPasskey(anna, anna.device, { signCount: 7 })).status).toBe(403);
  const refused = hub.rows<{ actor: string; detail: string }>(
    `SELECT actor, detail FROM audit_entries WHERE verb = 'user.passkey_refused' ORDER BY id`,
  );
  expect(refused.map(({ actor, detail }) => [actor, JSON.parse(detail)])).toMatchObject(
    [7, 6, 0, 7].map((count) => ['Anna', { name: 'Anna', passkey: 'A phone', count, count_before: 7 }]),
  );
  expect((await signInByPasskey(hub, anna.device, { signCount: 8 })).status).toBe(200);
});

test('of two answers at once with one count, one is the later', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const { device } = await personWithPasskey(hub, 'Anna', 'viewer');
  const [a, b] = [await beginSignIn(hub), await beginSignIn(hub)];
  const sign = (options: typeof a) => device.get(options, HOME, { signCount: 9 });
  const both = await Promise.all([finishSignIn(hub, sign(a)), finishSignIn(hub, sign(b))]);
  expect(both.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 401]);
});

test('one that is kept in a cloud does not count, and is told apart', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'viewer', softwareAuthenticator({ isSynced: true }));
  expect(anna.passkey.is_synced).toBe(true);
  for (let n = 0; n < 3; n += 1) await callerByPasskey(hub, anna.device);
});
