import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { softwareApprover } from '@homelabcmd/testkit/approver';
import { afterEach, expect, test } from 'vitest';
import { readApprovers, watchApprovers } from './approvers.ts';

const folder = mkdtempSync(join(tmpdir(), 'approvers-'));
const file = join(folder, 'approvers');
const uid = process.getuid?.() ?? 0;
afterEach(() => rmSync(file, { recursive: true, force: true }));

const kim = softwareApprover();
const ash = softwareApprover({ name: "Ash's key", algorithm: 'EdDSA' });

const write = (text: string) => writeFileSync(file, text, { mode: 0o644 });
const read = (text: string) => {
  write(text);
  return readApprovers(file, uid);
};

test('without the file the server is not sealed', () => {
  expect(readApprovers(file, uid)).toBeNull();
});

test('each line is a key; comments and blank lines are none', () => {
  expect(read(`# who may approve here\n\n${kim.line}\n  ${ash.line}  `)).toEqual({
    ...{ keys: [kim.key, ash.key], problem: null },
  });
});

test.each([
  ['with nothing in it', '', /names no key of an approver/],
  ['with a comment alone', '# nobody\n', /names no key of an approver/],
  ['with a line that is none', `${kim.line}\nplex.service\n`, /no key of an approver: «plex.service»/],
  ['with a key that was cut', `${kim.line}\n${ash.line.slice(12)}\n`, /no key of an approver/],
  ['with a key twice', `${kim.line}\n${kim.line} again\n`, /names the key of Kim's phone again twice/],
  [
    'with more keys than it may have',
    Array.from({ length: 33 }, () => softwareApprover().line).join('\n'),
    /more than 32 keys/,
  ],
])('a file %s takes no approval at all', (_what, text, sentence) => {
  expect(read(text)).toEqual({ keys: [], problem: expect.stringMatching(sentence) });
});

test('a file that others can write, that is of somebody else, or that is none, seals and takes no approval', () => {
  write(kim.line);
  chmodSync(file, 0o664);
  const untrusted = { keys: [], problem: expect.stringContaining('can be changed by others than root') };
  expect(readApprovers(file, uid)).toEqual(untrusted);
  chmodSync(file, 0o644);
  expect(readApprovers(file, uid + 1)).toEqual(untrusted);
  rmSync(file);
  mkdirSync(file);
  expect(readApprovers(file, uid)).toEqual({ keys: [], problem: expect.any(String) });
});

test('a file that is away for a moment unseals nothing', () => {
  let nowMs = 0;
  const sealing = watchApprovers(file, uid, () => nowMs);
  expect(sealing()).toBeNull();
  for (const _time of ['once', 'and again']) {
    write(kim.line);
    expect(sealing()?.keys).toEqual([kim.key]);
    // However long ago it was looked at last.
    nowMs += 60_000;
    rmSync(file);
    expect(sealing()).toEqual({ keys: [], problem: expect.stringContaining('has just gone') });
    nowMs += 9_999;
    expect(sealing()?.problem).toContain('has just gone');
  }
  nowMs += 1;
  expect(sealing()).toBeNull();
  expect(sealing()).toBeNull();
});
