import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.mjs';

let folder = '';

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const take = () => fingerprint(folder, ['src', 'lock.json', 'missing']);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelabcmd-fingerprint-'));
  write('src/a.ts', 'a');
  write('src/deep/b.css', 'b');
  write('lock.json', '{}');
  return () => rmSync(folder, { recursive: true });
});

test('it stays when nothing is changed that a build uses', () => {
  const before = take();
  write('src/a.test.ts', 'test');
  write('src/dist/a.mjs', 'built');
  write('src/node_modules/x/index.js', 'installed');
  write('elsewhere.ts', 'x');
  expect(take()).toBe(before);
});

test.each([
  ['a changed file', () => write('src/deep/b.css', 'c')],
  ['a new file', () => write('src/c.ts', '')],
  ['a file less', () => rmSync(join(folder, 'src/a.ts'))],
  ['a changed lock file', () => write('lock.json', '{"a":1}')],
  [
    'a moved border between two files',
    () => {
      write('src/a.ts', '');
      write('src/deep/b.css', 'ab');
    },
  ],
])('it changes with %s', (_, change) => {
  const before = take();
  change();
  expect(take()).not.toBe(before);
});
