import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../prepare/root.mjs';

const timeout = 30_000;

/** Runs the real command on a folder of tests. @param {Record<string, string>} files @param {string[]} args */
function runTests(files, args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-results-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, test } from 'vitest';\n${body}`);
  }
  const command = [join(root, 'scripts/test.mjs'), '--root', folder, ...args];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: folder });
  const lines = stdout.trimEnd().split('\n');
  return {
    status,
    lines,
    last: lines.at(-1),
    counts: lines.filter((line) => /^\d+ passed, \d+ failed/.test(line)),
  };
}

const passing = "test('one', () => {}); test('two', () => {});";

test('all passed: exit code 0 and one closing line', { timeout }, () => {
  const { status, last, counts } = runTests({ 'a.test.mjs': passing });
  expect({ status, last, counts }).toEqual({
    status: 0,
    last: '2 passed, 0 failed',
    counts: ['2 passed, 0 failed'],
  });
});

test('arguments choose the tests', { timeout }, () => {
  const files = { 'a.test.mjs': passing, 'b.test.mjs': "test('three', () => {});" };
  expect(runTests(files, ['b.test']).last).toBe('1 passed, 0 failed');
});

test('a failed test, hook and file each count', { timeout }, () => {
  const { status, last } = runTests({
    'a.test.mjs': passing,
    'b.test.mjs': "test('wrong', () => expect(1).toBe(2));",
    'c.test.mjs':
      "describe('group', () => { beforeAll(() => { throw new Error('hook'); }); test('never', () => {}); });",
    'd.test.mjs': "throw new Error('cannot be loaded');",
  });
  expect({ status, last }).toEqual({ status: 1, last: '2 passed, 3 failed, 1 skipped' });
});

test('an error that nobody caught fails the run', { timeout }, () => {
  const body = `${passing} setTimeout(() => { throw new Error('late'); }); test('waits', () => new Promise((r) => setTimeout(r, 50)));`;
  expect(runTests({ 'a.test.mjs': body })).toMatchObject({ status: 1, last: '3 passed, 1 failed' });
});

test('skipped tests are named with their reason', { timeout }, () => {
  const { status, lines, last } = runTests({
    'a.test.mjs': `${passing} test('needs root', (context) => context.skip('not root'));`,
  });
  expect({ status, last }).toEqual({ status: 0, last: '2 passed, 0 failed, 1 skipped' });
  expect(lines).toContain('skipped: a.test.mjs > needs root (not root)');
});

test('a run without tests fails', { timeout }, () => {
  expect(runTests({})).toMatchObject({ status: 1, last: '0 passed, 0 failed' });
});
