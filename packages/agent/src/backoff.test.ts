import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('it grows to the ceiling, never to nothing, and begins anew after a reset', () => {
  const longest = new Backoff(500, 30_000, () => 1);
  expect(Array.from({ length: 8 }, () => longest.next())).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ]);
  longest.reset();
  expect(longest.next()).toBe(500);
  const shortest = new Backoff(500, 30_000, () => 0);
  expect(Array.from({ length: 100 }, () => shortest.next()).every((wait) => wait === 250)).toBe(true);
});

test('agents that lost their hub together come back spread over the whole time', () => {
  const waits = Array.from({ length: 200 }, () => {
    const backoff = new Backoff(500, 30_000);
    for (let attempt = 0; attempt < 8; attempt++) backoff.next();
    return backoff.next();
  });
  expect(Math.min(...waits)).toBeLessThan(5000);
  expect(Math.max(...waits)).toBeGreaterThan(25_000);
});
