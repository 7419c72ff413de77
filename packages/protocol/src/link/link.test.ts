import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { ChallengeFrame, MAX_SUCCESSION } from '../agent/frames.ts';
import { FRAME_VERSIONS, versionOfBoth, whyNoVersion } from '../agent/versions.ts';
import {
  canonicalJson,
  fingerprintOf,
  isSignedBy,
  keyPairFromPem,
  keysBefore,
  newKeyFrame,
  newKeyIn,
  newKeyPair,
  signedBytes,
  succeededBy,
  type Succession,
} from './index.ts';
import { newEnrolmentToken, readEnrolmentToken } from './token.ts';

const session = {
  ...{ version: 2, versions: { oldest: 2, newest: 2 }, agentKey: 'a', hubKey: 'b' },
  ...{ agentNonce: 'c', hubNonce: 'd' },
};

test('a value has one text, whatever order its keys are in', () => {
  const made = { b: [1, { z: null, a: 'ä"' }], a: undefined, c: true };
  expect(canonicalJson(made)).toBe('{"b":[1,{"a":"ä\\"","z":null}],"c":true}');
  expect(canonicalJson(JSON.parse('{"c":true,"b":[1,{"z":null,"a":"ä\\""}]}'))).toBe(canonicalJson(made));
  expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
});

test('no two lists of parts, and no two purposes, give the same bytes', () => {
  const all = [
    signedBytes('seal', session, ['a', 'b']),
    signedBytes('seal', session, ['ab']),
    signedBytes('seal', session, ['a', 'b', '']),
    signedBytes('seal', { ...session, hubNonce: 'da' }, ['b']),
    signedBytes('proof', session, ['a', 'b']),
    signedBytes('challenge', session),
    signedBytes('proof', session),
    signedBytes('challenge', { ...session, versions: { oldest: 1, newest: 2 } }),
  ].map((bytes) => bytes.toString('hex'));
  expect(new Set(all).size).toBe(all.length);
});

test('a signature is that of one key over one text', () => {
  const [one, other] = [newKeyPair(), newKeyPair()];
  const text = Buffer.from('text');
  const signature = one.sign(text);
  expect(isSignedBy(one.publicKey, text, signature)).toBe(true);
  expect(isSignedBy(other.publicKey, text, signature)).toBe(false);
  expect(isSignedBy(one.publicKey, Buffer.from('Text'), signature)).toBe(false);
  for (const none of ['', 'A'.repeat(86), signature.slice(1)])
    expect(isSignedBy(one.publicKey, text, none)).toBe(false);
  for (const none of ['', 'A', 'no key at all']) expect(isSignedBy(none, text, signature)).toBe(false);
});

test('a key comes back from its file, and a key of another kind does not', () => {
  const key = newKeyPair();
  expect(keyPairFromPem(key.toPem()).publicKey).toBe(key.publicKey);
  const { privateKey } = generateKeyPairSync('x25519');
  const ofAnotherKind = privateKey.export({ format: 'pem', type: 'pkcs8' });
  expect(() => keyPairFromPem(ofAnotherKind.toString())).toThrow('not an Ed25519 key');
});

test('a token says which hub it is of, and holds a secret whose public half the hub keeps', () => {
  const hub = newKeyPair().publicKey;
  const made = newEnrolmentToken(hub);
  expect(made.text).toMatch(/^hlce_[\w-]{43}_[\w-]{22}$/);
  const read = readEnrolmentToken(made.text);
  expect([read?.hubFingerprint, read?.key.publicKey]).toEqual([fingerprintOf(hub), made.publicKey]);
  for (const none of ['', 'hlce_x', made.text.slice(0, -1), `${made.text}x`, ` ${made.text}`])
    expect(readEnrolmentToken(none)).toBeNull();
});

test.each([
  [{ oldest: 2, newest: 2 }, { oldest: 2, newest: 2 }, 2],
  [{ oldest: 2, newest: 4 }, { oldest: 2, newest: 2 }, 2],
  [{ oldest: 3, newest: 5 }, { oldest: 4, newest: 6 }, 5],
  [{ oldest: 3, newest: 5 }, { oldest: 2, newest: 2 }, null],
  [{ oldest: 2, newest: 2 }, { oldest: 99, newest: 99 }, null],
])('of %j and %j the version of both is %j', (own, other, version) => {
  expect(versionOfBoth(own, other)).toBe(version);
  expect(versionOfBoth(other, own)).toBe(version);
});

test('the first version is not spoken, and who is to be updated is said', () => {
  expect(FRAME_VERSIONS.oldest).toBeGreaterThanOrEqual(2);
  expect(whyNoVersion(FRAME_VERSIONS, { oldest: 1, newest: 1 })).toMatch(
    /and the agent version 1\. Update the agent/,
  );
  expect(whyNoVersion({ oldest: 1, newest: 1 }, FRAME_VERSIONS)).toMatch(/Update the hub/);
});

/** So many keys, each of which has signed the next. */
function lineOf(count: number) {
  const keys = Array.from({ length: count }, () => newKeyPair());
  const succession = keys
    .slice(1)
    .reduce<Succession>((before, next, at) => succeededBy(keys[at] ?? next, before, next.publicKey), []);
  return { names: keys.map(({ publicKey }) => publicKey), last: keys.at(-1) ?? newKeyPair(), succession };
}

test('a succession leads from each key that the hub had to the one that it has', () => {
  const { names, last, succession } = lineOf(4);
  expect(keysBefore(last.publicKey, succession)).toEqual(names.slice(0, 3).toReversed());
  expect(keysBefore(last.publicKey, [])).toEqual([]);
});

test('a succession leads no further back than its signatures hold', () => {
  const { names, last, succession } = lineOf(4);
  const [first, second, third] = succession as [Succession[0], Succession[0], Succession[0]];
  const forged = { ...second, signature: first.signature };
  expect(keysBefore(last.publicKey, [first, forged, third])).toEqual([names[2]]);
  expect(keysBefore(last.publicKey, [first, third])).toEqual([names[2]]);
  expect(keysBefore(last.publicKey, [third, second, first])).toEqual([]);
  expect(keysBefore(newKeyPair().publicKey, succession)).toEqual([]);
});

test('a succession has an end: of more keys than fit in a challenge the oldest are left out', () => {
  const { names, last, succession } = lineOf(MAX_SUCCESSION + 3);
  const before = keysBefore(last.publicKey, succession);
  expect(before).toEqual(names.slice(2, -1).toReversed());
  const signature = last.sign(Buffer.from('x'));
  const challenge = { v: 2, type: 'challenge', public_key: last.publicKey, nonce: last.publicKey, signature };
  expect(ChallengeFrame.safeParse({ ...challenge, succession }).success).toBe(true);
  const tooMany = [...succession, ...succession.slice(0, 1)];
  expect(ChallengeFrame.safeParse({ ...challenge, succession: tooMany }).success).toBe(false);
});

test('a new key is told by two keys, for one agent on one connection', () => {
  const [known, next, other] = [newKeyPair(), newKeyPair(), newKeyPair()];
  const said = newKeyFrame(session, 'nas', known, next);
  const read = newKeyIn(session, 'nas', said);
  expect([read?.publicKey, read?.isWantedBy(known.publicKey), read?.isWantedBy(other.publicKey)]).toEqual([
    next.publicKey,
    true,
    false,
  ]);
  expect(newKeyIn({ ...session, hubNonce: 'e' }, 'nas', said)).toBeNull();
  expect(newKeyIn(session, 'attic', said)).toBeNull();
  expect(newKeyIn(session, 'nas', { ...said, public_key: other.publicKey })).toBeNull();
  expect(newKeyIn(session, 'nas', { ...said, own_signature: said.signature })).toBeNull();
});
