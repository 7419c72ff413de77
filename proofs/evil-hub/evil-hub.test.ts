import { expect, test } from 'vitest';
import { playEvilHub } from './run.ts';
import { UNREADABLE, WAYS } from './ways.ts';

const ALL = Object.keys(WAYS);
const LONG_MS = 120_000;

test('a hub that was taken over makes a sealed server do nothing that was not approved, and what was approved once', {
  timeout: LONG_MS,
}, async () => {
  const outcome = await playEvilHub({ seed: 1, orders: 5 * ALL.length, sealed: true });
  expect(outcome.violations).toEqual([]);
  expect(outcome).toMatchObject({ orders: 5 * ALL.length, forgedRuns: 0, trueRuns: 1 });
  expect(Object.keys(outcome.answers).toSorted()).toEqual(ALL.toSorted());
});

test('it is the seal that holds them up: on a server that is not sealed such orders run', {
  timeout: LONG_MS,
}, async () => {
  const { answers, forgedRuns } = await playEvilHub({ seed: 1, orders: 2 * ALL.length, sealed: false });
  const ranBy = ALL.filter((way) => (answers[way]?.['completed'] ?? 0) > 0);
  // What these expect is not so: it was seen before the restarts, or on another server.
  const isOtherwise = (way: string) => / expected$|^the order /.test(way) && way !== 'nothing expected';
  expect(ALL.filter((way) => !ranBy.includes(way) && !isOtherwise(way))).toEqual([...UNREADABLE]);
  expect(forgedRuns).toBeGreaterThan(ALL.length);
});
