import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readUpdates } from './updates.ts';

const FOUND = {
  looked_at: '2026-11-22T04:00:00.000Z',
  manager: 'apt',
  pending: 12,
  security: 3,
  reboot_required: true,
  lists_at: '2026-11-22T03:00:00.000Z',
};
const uid = process.getuid?.() ?? 0;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelabcmd-updates-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string, mode = 0o644): string {
  const path = join(folder, 'updates.json');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test('what the timer has written is told as it is', () => {
  expect(readUpdates(written(JSON.stringify({ v: 1, ...FOUND })), uid)).toEqual(FOUND);
});

test.each([
  ['nothing', ''],
  ['half a file', '{"v":1,"looked_at":"2026-1'],
  ['another version', JSON.stringify({ v: 2, ...FOUND })],
  ['a text for a number', JSON.stringify({ v: 1, ...FOUND, pending: '<b>12</b>' })],
  ['less than none', JSON.stringify({ v: 1, ...FOUND, security: -1 })],
  ['a manager that is none', JSON.stringify({ v: 1, ...FOUND, manager: 'sh -c id' })],
  ['more than it ever writes', JSON.stringify({ v: 1, ...FOUND, more: 'x'.repeat(5000) })],
  ['another thing', '[]'],
])('%s is nothing that is told', (_what, text) => {
  expect(readUpdates(written(text), uid)).toBeNull();
});

test('a file that somebody else could have written, a link, a folder and no file are not read', () => {
  const whole = JSON.stringify({ v: 1, ...FOUND });
  expect(readUpdates(written(whole, 0o666), uid)).toBeNull();
  expect(readUpdates(written(whole), uid + 1)).toBeNull();
  symlinkSync(written(whole), join(folder, 'link'));
  expect(readUpdates(join(folder, 'link'), uid)).toBeNull();
  expect(readUpdates(folder, uid)).toBeNull();
  expect(readUpdates(join(folder, 'none'), uid)).toBeNull();
});
