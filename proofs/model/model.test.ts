import { expect, test } from 'vitest';
import { playModel } from './run.ts';

const LONG_MS = 120_000;

test('hub and agent do what the model says, whatever is done to them', { timeout: LONG_MS }, async () => {
  const { failures, strays, strict } = await playModel({ seed: 1, sequences: 150, workers: 2 });
  expect([failures, strays]).toEqual([[], []]);
  // Most of what the model knows for sure would otherwise go unasked.
  expect(strict).toBeGreaterThan(50);
});

test('a mistake that was put in is found, made small, and found again by its path', {
  timeout: LONG_MS,
}, async () => {
  const planted = 'commits are lost with the hub';
  const found = await playModel({ seed: 1, sequences: 20, workers: 1, planted });
  const [failure] = found.failures;
  expect(failure?.commands.split(',').length).toBeLessThan(8);
  const { seed = 0, path, replayPath, what } = failure ?? {};
  const again = await playModel({ ...{ seed, path, replayPath, planted }, sequences: 1, workers: 1 });
  expect(again.failures.map((one) => one.what)).toEqual([what]);
});
