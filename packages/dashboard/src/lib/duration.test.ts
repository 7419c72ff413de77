import { expect, test } from 'vitest';
import { durationOf, durationWords } from './duration.ts';

test.each([
  ['90 s', 90_000],
  ['2min', 120_000],
  ['1,5 h', 5_400_000],
  ['1 Day', 86_400_000],
  ['0', 0],
])('%s is %i ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

test.each(['', 'soon', '5', '-2 min', '2 weeks'])('%j is no length of time', (text) => {
  expect(durationOf(text)).toBeNull();
});

test('a length is told in the largest unit in which it is whole, and read back as it was', () => {
  for (const [ms, words] of [
    [0, '0 s'],
    [90_000, '90 s'],
    [120_000, '2 min'],
    [172_800_000, '2 d'],
  ] as const) {
    expect(durationWords(ms)).toBe(words);
    expect(durationOf(words)).toBe(ms);
  }
});
