import { expect, test } from 'vitest';
import { playSeeds } from './seeds.ts';
import { digestOf } from './summary.ts';

const LONG_MS = 120_000;

test('whatever happens, what must be true of a restart is true', { timeout: LONG_MS }, async () => {
  const { failures, totals } = await playSeeds({ from: 0, seeds: 100, workers: 2 });
  expect(failures).toEqual([]);
  expect(totals.runs).toBeGreaterThan(100);
  // Faults of every kind are drawn, or this would show less than it says.
  expect(Object.keys(totals.faults).length).toBeGreaterThan(15);
});

test('the same seeds give the same traces, byte for byte, on any thread', { timeout: LONG_MS }, async () => {
  const digest = async (workers: number) => digestOf(await playSeeds({ from: 900, seeds: 10, workers }));
  expect(await digest(1)).toBe(await digest(2));
});

test.each([
  ['nothing is kept of an order', 80, /^P[15]/],
  ['commits are lost with the hub', 15, /^P3/],
] as const)('a mistake that was put in is found: %s', { timeout: LONG_MS }, async (planted, seeds, rule) => {
  const { failures } = await playSeeds({ from: 0, seeds, workers: 2, planted });
  expect(failures.flatMap(({ violations }) => violations).some((line) => rule.test(line))).toBe(true);
});
