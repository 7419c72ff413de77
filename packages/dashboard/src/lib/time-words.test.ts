import { expect, test } from 'vitest';
import { absolute, age, ago, clockMs, dateLine, exactSpan, span } from './time-words.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

test.each([
  [-500, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [MIN, '1 min'],
  [H - 1, '59 min'],
  [H, '1 h'],
  [D - 1, '23 h'],
  [41 * D + 6 * H, '41 d'],
])('an age of %i ms is told in one unit: %s', (ms, words) => {
  expect(age(ms)).toBe(words);
});

test.each([
  [-2000, 'just now'],
  [400, 'just now'],
  [2000, '2 s ago'],
  [6 * MIN, '6 min ago'],
  [D - 1, '23 h ago'],
  [D, 'Yesterday'],
  [2 * D, '2 d ago'],
])('%i ms back is told as %s', (ms, words) => {
  expect(ago(ms)).toBe(words);
});

test.each([
  [9 * S, '9 s'],
  [24 * MIN + 17 * S, '24 min 17 s'],
  [24 * MIN, '24 min'],
  [23 * H + 59 * MIN + 59 * S, '23 h 59 min'],
  [41 * D + 6 * H, '41 d 6 h'],
])('a span of %i ms has two units at most: %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test.each([
  [47, '47 ms'],
  [2771, '2.771 s'],
  [5 * MIN + 42_609, '5 min 42.609 s'],
  [3 * H + 2 * MIN, '3 h 2 min'],
])('a step of %i ms is told to the millisecond: %s', (ms, words) => {
  expect(exactSpan(ms)).toBe(words);
});

test('a moment is told with its milliseconds and zone', () => {
  expect(clockMs('2026-11-22T09:36:12.008Z')).toBe('09:36:12.008');
  expect(absolute('2026-11-22T09:36:12.408Z')).toBe('Sun 22 Nov 2026, 09:36:12.408 UTC');
});

test('the date line names the day', () => {
  expect(dateLine(Date.parse('2026-11-22T09:41:00.000Z'))).toBe('Sunday 22 November, 09:41');
});
