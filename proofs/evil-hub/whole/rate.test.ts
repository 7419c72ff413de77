import { expect, test } from 'vitest';
import { mostWithin, overGuard } from './rate.ts';

const GUARD = { all_per_hour: 2, automatic_spacing_s: 60, automatic_per_hour: 2, automatic_per_day: 3 };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('the fullest window counts, wherever it begins', () => {
  expect(mostWithin([], HOUR)).toBe(0);
  expect(mostWithin([0, HOUR], HOUR)).toBe(1);
  expect(mostWithin([5 * HOUR, 0, 30 * MINUTE, 70 * MINUTE, 80 * MINUTE], HOUR)).toBe(3);
});

test.each<[string, number[], boolean, number]>([
  ['as many as may be', [0, 1, HOUR, HOUR + 1], false, 0],
  ['one more within an hour', [0, 10, HOUR - 5000], false, 1],
  ['automation as it may be', [0, 2 * MINUTE, 2 * HOUR], true, 0],
  ['automation too soon', [0, 50_000], true, 1],
  ['automation too often in an hour', [0, 2 * MINUTE, 4 * MINUTE], true, 1],
  ['automation too often in a day', [0, 2 * HOUR, 4 * HOUR, 6 * HOUR], true, 1],
])('%s', (_what, times, isAutomatic, found) => {
  expect(overGuard('a', times, GUARD, isAutomatic)).toHaveLength(found);
});
