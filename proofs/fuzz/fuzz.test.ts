import { expect, test } from 'vitest';
import { playFrames } from './frames/play.ts';
import { OPERATIONS, playHttp } from './http/play.ts';
import { playNames } from './names/play.ts';
import { scriptProblem } from './names/script-server.ts';

const LONG_MS = 120_000;
const whats = (findings: readonly { what: string }[]) => findings.map(({ what }) => what);

test('every operation, asked as each caller with anything at all, answers as the document says', {
  timeout: LONG_MS,
}, async () => {
  const { findings, played, table } = await playHttp({ seed: 1, examples: 3 });
  expect(whats(findings)).toEqual([]);
  expect(played).toBe(OPERATIONS * 6 * 3);
  // Requests that are all refused prove nothing.
  expect(table.rows.filter((row) => / ?20\d: /.test(row.join(' '))).length).toBeGreaterThan(OPERATIONS / 3);
});

test('mutated frames harm neither hub nor agent, and what is refused has one reason', {
  timeout: LONG_MS,
}, async () => {
  const { findings, played, table } = await playFrames({ seed: 1, frames: 2000 });
  expect(whats(findings)).toEqual([]);
  expect(played).toBeGreaterThanOrEqual(2000);
  expect(table.rows.map(([where]) => where)).toHaveLength(5);
});

test('no name and no line reaches systemd that is not in the list', { timeout: LONG_MS }, async (context) => {
  const { findings, table } = await playNames({ seed: 1, names: 20_300, lines: 300 });
  expect(whats(findings)).toEqual([]);
  expect(Object.fromEntries(table.rows)).toMatchObject({ 'names: allowed': expect.any(Number) });
  const problem = scriptProblem();
  if (problem !== null) context.skip(problem);
  expect(Object.fromEntries(table.rows)).toMatchObject({ 'lines: runs': expect.any(Number) });
});
