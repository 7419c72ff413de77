import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { factsOfRun } from './machine.ts';
import { progressLine, showProgress } from './progress.ts';
import { table, writeReport } from './report-files.ts';
import { seeded } from './seeded.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'report-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test.each(['kills', 'kills.md', 'kills.json'])('%s names both files of a report', (name) => {
  const files = writeReport(join(dir, 'deeper', name), { markdown: '# Kills', data: { kills: 3 } });
  expect(files).toEqual({
    markdown: join(dir, 'deeper', 'kills.md'),
    json: join(dir, 'deeper', 'kills.json'),
  });
  expect(readFileSync(files.markdown, 'utf8')).toBe('# Kills\n');
  expect(JSON.parse(readFileSync(files.json, 'utf8'))).toEqual({ kills: 3 });
});

test('a cell keeps its bars and loses its lines', () => {
  expect(table(['a', 'b'], [['x|y\nz', 1]])).toBe('| a | b |\n| --- | --- |\n| x\\|y z | 1 |');
});

test('a run says what it ran on', () => {
  expect(factsOfRun()).toMatchObject({
    product: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.version,
    kernel: expect.stringMatching(/^Linux /),
  });
});

test('the line tells how far it is and how long it will take', () => {
  expect(progressLine(120, 500, 'kills', 60_000, 'no violation')).toBe(
    '120 of 500 kills, 24 %, 2.0 a second, 3:10 left, no violation',
  );
  expect(progressLine(0, 500, 'kills', 0, 'no violation')).toBe(
    '0 of 500 kills, 0 %, 0.0 a second, no violation',
  );
});

test('a terminal has one line that is drawn over, a file has a line now and then', () => {
  const texts = (isTTY: boolean) => {
    const written: string[] = [];
    let nowMs = 0;
    const out = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    using progress = showProgress(out, 10, 'kills', () => nowMs);
    for (const done of [1, 2, 3]) {
      nowMs += 4000;
      progress.show(done, '-');
    }
    progress.show(10, '-');
    return written;
  };
  expect(texts(true).every((text) => text.startsWith('\r') && text.length <= 65)).toBe(true);
  // Three that are drawn, the end, and the clearing of the line.
  expect(texts(true)).toHaveLength(5);
  expect(texts(false).map((line) => line.split(',')[0])).toEqual(['1 of 10 kills', '10 of 10 kills']);
});

test('chance comes again with its seed, and is even enough', () => {
  const draws = (seed: number) =>
    Array.from(
      { length: 5 },
      (
        (chance) => () =>
          chance.next()
      )(seeded(seed, 1)),
    );
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  const counts = [0, 0, 0, 0];
  const chance = seeded(5);
  for (let draw = 0; draw < 4000; draw += 1) counts[chance.below(4)] = (counts[chance.below(4)] ?? 0) + 1;
  for (const count of counts) expect(count).toBeGreaterThan(800);
  expect(
    seeded(9)
      .shuffled([1, 2, 3, 4])
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2, 3, 4]);
});
