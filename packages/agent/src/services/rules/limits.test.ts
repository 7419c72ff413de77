import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readLimits } from './limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'limits-'));
const file = join(folder, 'limits');
const uid = process.getuid?.() ?? 0;
afterEach(() => rmSync(file, { force: true }));

const read = (text: string) => {
  writeFileSync(file, text, { mode: 0o644 });
  return readLimits(file, uid);
};

test('without the file the usual limits hold, and a line changes one of them', () => {
  const usual = readLimits(file, uid);
  expect(usual).toMatchObject({ problem: null, limits: { automatic_per_hour: 3, all_per_hour: 20 } });
  const { limits, problem } = read('# fewer at night\nautomatic_per_hour = 1\nall_per_hour=5\n');
  expect(problem).toBeNull();
  expect(limits).toEqual({ ...usual.limits, automatic_per_hour: 1, all_per_hour: 5 });
});

test.each([
  'automatic_per_hour = many',
  'automatic_per_hour = -1',
  'automatic_per_hours = 3',
  'automatic_per_hour = 3 # three',
  'automatic_per_hour 3',
  '__proto__ = 3',
  'automatic_per_hour = 3\nautomatic_per_hour = 4',
  'automatic_per_hour = 999999',
])('one line that is not understood, and the strictest limits hold: %s', (text) => {
  const { limits, problem } = read(`all_per_hour = 100\n${text}\n`);
  expect(limits).toMatchObject({ automatic_per_day: 1, automatic_spacing_s: 3600, all_per_hour: 3 });
  expect(problem).toMatch(/strictest limits/);
});

test('a file that others can write is not trusted', () => {
  read('all_per_hour = 100\n');
  chmodSync(file, 0o666);
  const { limits, problem } = readLimits(file, uid);
  expect(limits.all_per_hour).toBe(3);
  expect(problem).toContain('can be changed by others than root');
});
