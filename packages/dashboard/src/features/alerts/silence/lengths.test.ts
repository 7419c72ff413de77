import { expect, test } from 'vitest';
import { untilOf } from './lengths.ts';

const EVENING = new Date(2026, 10, 30, 21, 15).getTime();

test('until tomorrow morning is eight o’clock of the next day, where the reader is', () => {
  const until = new Date(untilOf('morning', '', EVENING) ?? '');
  expect([until.getMonth(), until.getDate(), until.getHours(), until.getMinutes()]).toEqual([11, 1, 8, 0]);
});

test('a length is counted from now', () => {
  expect(Date.parse(untilOf('1h', '', EVENING) ?? '') - EVENING).toBe(3_600_000);
  expect(Date.parse(untilOf('8h', '', EVENING) ?? '') - EVENING).toBe(8 * 3_600_000);
});

test('an end of one’s own is a time to come, or none', () => {
  expect(untilOf('custom', '2026-12-01T08:30', EVENING)).toBe(new Date(2026, 11, 1, 8, 30).toISOString());
  for (const text of ['', 'soon', '2026-11-30T21:00']) expect(untilOf('custom', text, EVENING)).toBeNull();
});
