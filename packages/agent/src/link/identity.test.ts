import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  newEnrolmentToken,
  newKeyPair,
  readEnrolmentToken,
  succeededBy,
  type Succession,
} from '@homelabcmd/protocol/link';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Identity } from './identity.ts';

const [ours, other] = [newKeyPair().publicKey, newKeyPair().publicKey];
const tokenOf = (hubKey: string) => readEnrolmentToken(newEnrolmentToken(hubKey).text);
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'identity-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

test('without a token and without a pin no hub is trusted', () => {
  const identity = new Identity(stateDir, null);
  expect([identity.hasHub, identity.isTrusted(ours)]).toEqual([false, false]);
});

test('a token names its hub, which is pinned; no other is trusted, also later and without the token', () => {
  const token = tokenOf(ours);
  const first = new Identity(stateDir, token);
  expect([first.isTrusted(other), first.isTrusted(ours), first.isTrusted(other)]).toEqual([
    false,
    true,
    false,
  ]);
  for (const again of [new Identity(stateDir, token), new Identity(stateDir, null)])
    expect([again.hasHub, again.isTrusted(ours), again.isTrusted(other)]).toEqual([true, true, false]);
});

test('a newer token moves the agent to another hub, and the one before opens no way back', () => {
  const old = tokenOf(ours);
  expect(new Identity(stateDir, old).isTrusted(ours)).toBe(true);
  const moved = new Identity(stateDir, tokenOf(other));
  // Until that hub is there, the one that is known is still answered.
  expect([moved.isTrusted(ours), moved.isTrusted(other), moved.isTrusted(ours)]).toEqual([true, true, false]);
  expect(new Identity(stateDir, null).isTrusted(ours)).toBe(false);
});

test('a token that brought nothing new cannot set the pin later, when the hub has another key', () => {
  expect(new Identity(stateDir, tokenOf(ours)).isTrusted(ours)).toBe(true);
  const second = tokenOf(ours);
  expect(new Identity(stateDir, second).isTrusted(ours)).toBe(true);
  const [, of] = readFileSync(join(stateDir, 'hub-key'), 'utf8').split('\n');
  writeFileSync(join(stateDir, 'hub-key'), `${other}\n${of}\n`);
  expect(new Identity(stateDir, second).isTrusted(ours)).toBe(false);
});

test('a key that cannot be read is not replaced: it says what to do', () => {
  writeFileSync(join(stateDir, 'agent-key'), 'torn');
  expect(() => new Identity(stateDir, null)).toThrow(/agent-key holds no key .* enrol this server anew/);
  expect(readFileSync(join(stateDir, 'agent-key'), 'utf8')).toBe('torn');
});

/** A hub's keys, one after the other, and what it shows when it has come to each. */
const line = Array.from({ length: 4 }, () => newKeyPair());
const shown = line.map(({ publicKey }, at) => ({
  hubKey: publicKey,
  succession: line
    .slice(0, at)
    .reduce<Succession>((before, key, n) => succeededBy(key, before, line[n + 1]?.publicKey ?? ''), []),
}));
const [first, second, , last] = shown as [
  (typeof shown)[0],
  (typeof shown)[0],
  (typeof shown)[0],
  (typeof shown)[0],
];
const asShown = (identity: Identity, { hubKey, succession }: (typeof shown)[0]) =>
  identity.isTrusted(hubKey, succession);

test('an agent follows its hub to a new key, also one that was off during several changes, and keeps that', () => {
  expect(asShown(new Identity(stateDir, tokenOf(first.hubKey)), first)).toBe(true);
  expect(asShown(new Identity(stateDir, null), last)).toBe(true);
  expect(new Identity(stateDir, null).isTrusted(last.hubKey)).toBe(true);
});

test('an agent that has followed takes no key of before any more, and says what is likely wrong', () => {
  asShown(new Identity(stateDir, tokenOf(first.hubKey)), first);
  asShown(new Identity(stateDir, null), last);
  for (const before of shown.slice(0, 3))
    for (const succession of [before.succession, [...last.succession]])
      expect(() => new Identity(stateDir, null).isTrusted(before.hubKey, succession)).toThrow(
        /a key that this hub had before .* put back from an old copy/,
      );
  expect(asShown(new Identity(stateDir, null), last)).toBe(true);
});

test('a key that none of those before has signed is not followed', () => {
  asShown(new Identity(stateDir, tokenOf(first.hubKey)), first);
  const thief = newKeyPair();
  const forged = succeededBy({ ...thief, publicKey: first.hubKey }, [], thief.publicKey);
  for (const succession of [[], forged, last.succession])
    expect(new Identity(stateDir, null).isTrusted(thief.publicKey, succession)).toBe(false);
  expect(asShown(new Identity(stateDir, null), first)).toBe(true);
});

test('a token that was made before the change finds the hub after it, and counts as used', () => {
  const token = tokenOf(first.hubKey);
  expect(asShown(new Identity(stateDir, token), second)).toBe(true);
  expect(asShown(new Identity(stateDir, null), second)).toBe(true);
  expect(() => asShown(new Identity(stateDir, token), first)).toThrow(/had before/);
});

test('a token of the hub whose old key was put back brings its agent home', () => {
  asShown(new Identity(stateDir, tokenOf(first.hubKey)), first);
  asShown(new Identity(stateDir, null), second);
  expect(asShown(new Identity(stateDir, tokenOf(first.hubKey)), first)).toBe(true);
  expect(asShown(new Identity(stateDir, null), first)).toBe(true);
});
