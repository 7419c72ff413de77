import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { FRAME_VERSIONS, versionOfBoth, whyNoVersion } from '../agent/versions.ts';
import {
  canonicalJson,
  fingerprintOf,
  isSignedBy,
  keyPairFromPem,
  newKeyPair,
  signedBytes,
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
