import { expect, test } from 'vitest';
import { rangeWords, sparkPath } from './spark.tsx';

test('the scale is 0 to 100 %, whatever the values are', () => {
  expect(sparkPath([0, 50, 100])).toBe('M0.0 18.0L31.1 10.0L62.1 2.0');
  expect(sparkPath([10, 10])).toBe('M0.0 16.4L62.1 16.4');
});

test('a gap breaks the line, and a point between two gaps can be seen', () => {
  expect(sparkPath([0, 0, null, 100, null])).toBe('M0.0 18.0L15.5 18.0M46.6 2.0h.1');
  expect(sparkPath([null, null])).toBe('');
});

test('what the line shows is told in words', () => {
  expect(rangeWords([3, null, 22.4])).toBe(', between 3 and 22 % in the last hour');
  expect(rangeWords([70.1, 70.3])).toBe(', steady at 70 % in the last hour');
  expect(rangeWords([null, 5])).toBe('');
});
