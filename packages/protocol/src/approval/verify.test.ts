import { generateKeyPairSync } from 'node:crypto';
import { type SoftwareApprover, softwareApprover } from '@homelabcmd/testkit/approver';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApprovalSeal, MAX_SEAL_MS, SEAL_CLOCK_TOLERANCE_MS } from '../actions/approval-seal.ts';
import { type ApprovalStatement, statementOf } from '../actions/approval-statement.ts';
import type { Order } from '../actions/order.ts';
import { BrokenApproval, challengeOf, publicKeyText, publicKeyTextOfCose, verifySeal } from './index.ts';

const NOW = Date.parse('2026-11-30T12:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

const ORDER: Order = {
  order_id: '019a0000-0000-7000-8000-000000000042',
  action_id: 42,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: 'systemd:plex.service',
  verb: 'restart',
  expect: { state_class: 'running', boot_id: 'boot-1', invocation_id: 'a'.repeat(32) },
  ttl_ms: 60_000,
  settle_ms: 10_000,
  probe: null,
};
const TERMS = { requested_by: 'robin', requested_at: at(-60_000), until: at(300_000) };
const STATEMENT = statementOf('agent-key', ORDER, TERMS);

const kim = softwareApprover();
const ash = softwareApprover({ name: "Ash's key", algorithm: 'EdDSA', isSynced: true });
const KEYS = [kim.key, ash.key];

const verified = (seal: ApprovalSeal, statement = STATEMENT, keys = KEYS, nowMs = NOW) =>
  verifySeal(statement, ApprovalSeal.parse(seal), keys, nowMs);
const problemOf = (...given: Parameters<typeof verified>): string => {
  try {
    verified(...given);
  } catch (cause) {
    if (cause instanceof BrokenApproval) return cause.message;
    throw cause;
  }
  return 'it holds';
};

test.each([kim, ash])('what a passkey of this server has signed holds, whatever kind it is', (approver) => {
  expect(verified(approver.seal(STATEMENT))).toEqual(approver.key);
});

test.each<[keyof ApprovalStatement, ApprovalStatement]>([
  ['agent', { ...STATEMENT, agent: 'another-agent' }],
  ['order_id', { ...STATEMENT, order_id: '019a0000-0000-7000-8000-000000000043' }],
  ['action_id', { ...STATEMENT, action_id: 43 }],
  ['digest', { ...STATEMENT, digest: 'd2'.repeat(32) }],
  ['kind', { ...STATEMENT, kind: 'stop_service' as 'restart_service' }],
  ['target', { ...STATEMENT, target: 'systemd:ssh.service' }],
  ['verb', { ...STATEMENT, verb: 'reset-and-restart' }],
  ['expect', { ...STATEMENT, expect: null }],
  ['expect', { ...STATEMENT, expect: ORDER.expect && { ...ORDER.expect, boot_id: 'boot-2' } }],
  ['expect', { ...STATEMENT, expect: ORDER.expect && { ...ORDER.expect, state_class: 'down' } }],
  ['expect', { ...STATEMENT, expect: ORDER.expect && { ...ORDER.expect, invocation_id: 'b'.repeat(32) } }],
  ['requested_by', { ...STATEMENT, requested_by: 'kim' }],
  ['requested_at', { ...STATEMENT, requested_at: at(-59_999) }],
  ['until', { ...STATEMENT, until: at(300_001) }],
])('a seal is worth nothing where %s is another', (_what, statement) => {
  const seal = kim.seal(STATEMENT);
  expect(problemOf(seal, statement)).toMatch(/not what this order says/);
  expect(verified(kim.seal(statement), statement)).toEqual(kim.key);
});

test('every part of a statement is signed', () => {
  const parts = Object.keys(STATEMENT) as (keyof ApprovalStatement)[];
  const challenges = parts.map((part) => challengeOf({ ...STATEMENT, [part]: 'another' }));
  expect(new Set([challengeOf(STATEMENT), ...challenges]).size).toBe(parts.length + 1);
});

const REFUSALS: [string, (kim: SoftwareApprover) => ApprovalSeal, RegExp][] = [
  [
    'for another order',
    (by) => by.seal(STATEMENT, undefined, { challenge: 'A'.repeat(43) }),
    /not what this order says/,
  ],
  ['on a page elsewhere', (by) => by.seal(STATEMENT, 'https://hub.example.com'), /on a page on which/],
  [
    'on a page of the same site that was not enrolled',
    (by) => by.seal(STATEMENT, 'https://x.hub.example.org'),
    /on a page on which/,
  ],
  [
    'on the right host at another port',
    (by) => by.seal(STATEMENT, 'https://hub.example.org:8443'),
    /on a page on which/,
  ],
  ['on a page without TLS', (by) => by.seal(STATEMENT, 'http://hub.example.org'), /on a page on which/],
  [
    'in a page within another',
    (by) => by.seal(STATEMENT, undefined, { crossOrigin: true }),
    /a page within another/,
  ],
  [
    'when a passkey was made',
    (by) => by.seal(STATEMENT, undefined, { type: 'webauthn.create' }),
    /no signature of a passkey/,
  ],
  [
    'for another site',
    (by) => by.seal(STATEMENT, undefined, { rpId: 'example.org' }),
    /another site than hub/,
  ],
  ['while nobody was there', (by) => by.seal(STATEMENT, undefined, { present: false }), /Nobody was there/],
  [
    'without a look at who was there',
    (by) => by.seal(STATEMENT, undefined, { verified: false }),
    /did not look who was there/,
  ],
];
test.each(REFUSALS)('what was signed %s does not hold', (_what, sign, sentence) => {
  for (const by of [kim, ash]) expect(problemOf(sign(by))).toMatch(sentence);
});

test('a passkey that root has not enrolled is none, even where it calls itself by the name of one', () => {
  const eve = softwareApprover();
  expect(problemOf(eve.seal(STATEMENT))).toMatch(/does not know/);
  const posing = { ...eve.seal(STATEMENT), credential_id: kim.key.credential_id };
  expect(problemOf(posing)).toBe("Its signature is not that of the passkey «Kim's phone».");
  expect(problemOf(kim.seal(STATEMENT), STATEMENT, [])).toMatch(/does not know/);
});

test('which kind of signature it has to be is said by the enrolled key and not by the seal', () => {
  const posing = { ...ash.seal(STATEMENT), credential_id: kim.key.credential_id };
  expect(problemOf(posing)).toMatch(/is not that of the passkey/);
  const back = { ...kim.seal(STATEMENT), credential_id: ash.key.credential_id };
  expect(problemOf(back)).toMatch(/is not that of the passkey/);
});

test.each([
  [300_000 + SEAL_CLOCK_TOLERANCE_MS, 'it holds'],
  [300_001 + SEAL_CLOCK_TOLERANCE_MS, /It held until/],
  [300_000 - MAX_SEAL_MS - SEAL_CLOCK_TOLERANCE_MS, 'it holds'],
  [299_999 - MAX_SEAL_MS - SEAL_CLOCK_TOLERANCE_MS, /too long, or a clock is wrong/],
])('a seal that holds for five minutes from now, looked at after %d ms: %s', (ms, sentence) => {
  expect(problemOf(kim.seal(STATEMENT), STATEMENT, KEYS, NOW + ms)).toMatch(sentence);
});

const clientDataOf = (text: string | Buffer): ApprovalSeal => ({
  ...kim.seal(STATEMENT),
  client_data: Buffer.from(text).toString('base64url'),
});
const honest = JSON.stringify({
  ...{ type: 'webauthn.get', challenge: challengeOf(STATEMENT), origin: 'https://hub.example.org' },
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a byte order mark', `\uFEFF${honest}`],
  ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22])],
  ['a page around it', honest.replace('}', ',"topOrigin":"https://evil.example.org"}')],
])('client data that is %s is not read', (_what, text) => {
  expect(problemOf(clientDataOf(text))).toMatch(/cannot be read/);
});

test('client data that says all that it should and is not what was signed does not hold', () => {
  expect(problemOf(clientDataOf(honest))).toMatch(/is not that of the passkey/);
});

test.each([
  ['one byte short', (data: Buffer) => data.subarray(0, 36)],
  ['one byte more', (data: Buffer) => Buffer.concat([data, Buffer.alloc(1)])],
  ['of a new key', (data: Buffer) => Buffer.from(data.with(32, 0x45))],
  ['with extensions that are not there', (data: Buffer) => Buffer.from(data.with(32, 0x85))],
  ['of a key that is kept elsewhere and cannot be', (data: Buffer) => Buffer.from(data.with(32, 0x15))],
])('authenticator data that is %s is not read', (_what, change) => {
  const seal = kim.seal(STATEMENT);
  const data = change(Buffer.from(seal.authenticator_data, 'base64url'));
  expect(problemOf({ ...seal, authenticator_data: data.toString('base64url') })).toMatch(/cannot be read/);
});

test('no bit of a seal can be changed', () => {
  const seals = [kim.seal(STATEMENT), ash.seal(STATEMENT)];
  const parts = ['credential_id', 'authenticator_data', 'client_data', 'signature'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...seals),
      fc.constantFrom(...parts),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (seal, part, place, mask) => {
        const bytes = Buffer.from(seal[part], 'base64url');
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ mask;
        expect(problemOf({ ...seal, [part]: bytes.toString('base64url') })).not.toBe('it holds');
      },
    ),
    { numRuns: 500 },
  );
});

test('no seal of any statement holds for another', () => {
  const text = fc.string({ maxLength: 20 });
  const moment = fc.integer({ min: 0, max: 600_000 }).map(at);
  const statement: fc.Arbitrary<ApprovalStatement> = fc.record({
    ...{ agent: text, order_id: fc.uuid({ version: 7 }), action_id: fc.integer({ min: 1 }), digest: text },
    ...{ kind: fc.constant('restart_service' as const), target: text, requested_by: text },
    verb: fc.constantFrom('restart' as const, 'reset-and-restart' as const),
    expect: fc.option(
      fc.record({
        state_class: fc.constantFrom('running' as const, 'down' as const, 'crash_loop' as const),
        ...{ boot_id: text, invocation_id: text },
      }),
    ),
    ...{ requested_at: moment, until: moment },
  });
  fc.assert(
    fc.property(statement, statement, (one, other) => {
      const seal = kim.seal(one);
      expect(problemOf(seal, one)).toBe('it holds');
      expect(problemOf(seal, other) === 'it holds').toBe(challengeOf(one) === challengeOf(other));
      expect(challengeOf(one) === challengeOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 200 },
  );
});

test('whatever a seal holds, it is a broken approval and nothing else', () => {
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 80 })
    .map((one) => Buffer.from(one).toString('base64url'));
  const made = fc.record({
    credential_id: fc.constantFrom(kim.key.credential_id, ash.key.credential_id),
    ...{ authenticator_data: bytes, client_data: bytes, signature: bytes },
  });
  fc.assert(
    fc.property(made, (parts) => {
      expect(problemOf({ ...TERMS, ...parts })).not.toBe('it holds');
    }),
  );
});

test.each(['ES256', 'EdDSA'] as const)(
  'a key (%s) has one text, as browsers and as authenticators give it',
  (algorithm) => {
    const made = softwareAuthenticator({ algorithm }).create(
      {
        ...{ challenge: 'bWFrZQ', rp: { id: 'hub.example.org' }, user: { id: 'a2lt' } },
        pubKeyCredParams: [{ alg: -8 }, { alg: -7 }],
      },
      'https://hub.example.org',
    );
    const whole = Buffer.from(made.response.authenticatorData, 'base64url');
    // Behind the head come the kind of authenticator, the length of the id, and the id.
    const cose = whole.subarray(37 + 16 + 2 + whole.readUInt16BE(37 + 16));
    expect(publicKeyTextOfCose(cose)).toBe(publicKeyText(Buffer.from(made.response.publicKey, 'base64url')));
    for (let length = 0; length < cose.length; length += 1)
      expect(publicKeyTextOfCose(cose.subarray(0, length))).toBeNull();
    expect(publicKeyTextOfCose(Buffer.concat([cose, Buffer.alloc(1)]))).toBeNull();
  },
);

test('a key of a kind that servers do not take has no text', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  expect(() => publicKeyText(publicKey.export({ format: 'der', type: 'spki' }))).toThrow(
    'no key of a passkey',
  );
});

test('a point that is not on the curve has signed nothing', () => {
  const key = { ...kim.key, public_key: `es256:${'A'.repeat(86)}` };
  expect(problemOf(kim.seal(STATEMENT), STATEMENT, [key])).toMatch(/is not that of the passkey/);
});
