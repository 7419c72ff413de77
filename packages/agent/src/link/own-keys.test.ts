import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPairFromPem } from '@homelabcmd/protocol/link';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeyNotKept, OwnKeys } from './own-keys.ts';

let stateDir: string;
const at = (name: string) => join(stateDir, name);
const inFile = (name: string) => keyPairFromPem(readFileSync(at(name), 'utf8')).publicKey;
/** The agent is started again: all that it knows is on its disk. */
const started = () => new OwnKeys(stateDir);

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'own-keys-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

test('a new key is on disk, the owner’s alone, before anybody can be told of it, and the one before stays', () => {
  const keys = started();
  const before = keys.shown.publicKey;
  const { known, next } = keys.next();
  expect([known.publicKey, inFile('agent-key')]).toEqual([before, before]);
  expect([next.publicKey === before, inFile('agent-key.next')]).toEqual([false, next.publicKey]);
  expect(statSync(at('agent-key.next')).mode & 0o777).toBe(0o600);
});

test('asked again, also after a crash, it tells the same key: the hub may have taken it', () => {
  const { next } = started().next();
  expect(started().next().next.publicKey).toBe(next.publicKey);
});

test('the one before is given up when the hub says that it knows the next, and not before', () => {
  const keys = started();
  const { known, next } = keys.next();
  keys.isKnown(known.publicKey);
  expect([inFile('agent-key'), inFile('agent-key.next')]).toEqual([known.publicKey, next.publicKey]);
  keys.isKnown(next.publicKey);
  expect([inFile('agent-key'), existsSync(at('agent-key.next'))]).toEqual([next.publicKey, false]);
  expect([keys.shown.publicKey, started().shown.publicKey]).toEqual([next.publicKey, next.publicKey]);
});

test('an agent that did not hear the answer finds the hub on either side of the change', () => {
  const { known, next } = started().next();
  const crashed = started();
  expect(crashed.shown.publicKey).toBe(next.publicKey);
  // The hub has not taken it: the one before is shown. It may have taken it since, so the next is shown once more; then there is time.
  for (let n = 0; n < 2; n += 1) {
    expect([crashed.isUnknown(next.publicKey), crashed.shown.publicKey]).toEqual([true, known.publicKey]);
    expect([crashed.isUnknown(known.publicKey), crashed.shown.publicKey]).toEqual([true, next.publicKey]);
    expect([crashed.isUnknown(next.publicKey), crashed.shown.publicKey]).toEqual([false, next.publicKey]);
  }
  // The hub takes it while the agent is in with the one before: after that it is found by the next.
  crashed.isUnknown(next.publicKey);
  crashed.isKnown(known.publicKey);
  expect(crashed.shown.publicKey).toBe(next.publicKey);
  crashed.isKnown(next.publicKey);
  expect(crashed.shown.publicKey).toBe(next.publicKey);
  expect(crashed.isUnknown(next.publicKey)).toBe(false);
});

test('a disk that takes no new key leaves the one that is there', () => {
  const keys = started();
  const before = keys.shown.publicKey;
  mkdirSync(at('agent-key.next.new'));
  expect(() => keys.next()).toThrow(KeyNotKept);
  expect([keys.shown.publicKey, started().shown.publicKey]).toEqual([before, before]);
});

test('a disk that does not take the change keeps both, and the next is found by', () => {
  const keys = started();
  const { next } = keys.next();
  rmSync(at('agent-key'));
  mkdirSync(at('agent-key'));
  expect(() => keys.isKnown(next.publicKey)).toThrow(KeyNotKept);
  expect([keys.shown.publicKey, inFile('agent-key.next')]).toEqual([next.publicKey, next.publicKey]);
});

test('where the key was removed, as on a clone, the agent is a new one in every way', () => {
  const { known, next } = started().next();
  rmSync(at('agent-key'));
  const keys = started();
  expect([known.publicKey, next.publicKey]).not.toContain(keys.shown.publicKey);
  expect([inFile('agent-key'), existsSync(at('agent-key.next'))]).toEqual([keys.shown.publicKey, false]);
});

test('a next key that cannot be read is not replaced: it says what to do', () => {
  started();
  writeFileSync(at('agent-key.next'), 'torn');
  expect(started).toThrow(
    /agent-key\.next holds no key .* Remove it\. If the hub does not know this agent then/,
  );
  expect(readFileSync(at('agent-key.next'), 'utf8')).toBe('torn');
});
