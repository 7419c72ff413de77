import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEnrolmentToken, newKeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';
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
