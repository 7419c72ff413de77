import { expect, test } from 'vitest';
import { pointBy } from './plot.tsx';

test.each([
  ['ArrowLeft', 5, 4],
  ['ArrowRight', 5, 6],
  ['ArrowRight', 100, 100],
  ['ArrowLeft', 0, 0],
  ['PageDown', 50, 40],
  ['PageUp', 95, 100],
  ['Home', 50, 0],
  ['End', 50, 100],
  ['Escape', 50, null],
  ['a', 50, undefined],
])('%s at %d leads to %s', (key, now, next) => {
  expect(pointBy(key, now, 100)).toBe(next);
});
