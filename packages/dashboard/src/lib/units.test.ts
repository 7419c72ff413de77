import { expect, test } from 'vitest';
import { bytes, bytesInUnitOf, fullness, percent, plural } from './units.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

test.each([
  [null, '–'],
  [0, '0 B'],
  [412 * MiB, '412 MiB'],
  [3.1 * GiB, '3.1 GiB'],
  [64 * GiB, '64 GiB'],
  [1023 * MiB, '1.0 GiB'],
])('%s bytes read %s', (value, words) => {
  expect(bytes(value)).toBe(words);
});

test('the whole is told in the unit of the part', () => {
  expect(bytesInUnitOf(16 * GiB, 7.7 * GiB)).toBe('16');
  expect(bytesInUnitOf(4096 * GiB, 942 * GiB)).toBe('4096');
});

test('what cannot be known is a dash, never nought', () => {
  expect(percent(null)).toBe('–');
  expect(percent(0)).toBe('0 %');
  expect(fullness(1, 0)).toBeNull();
  expect(fullness(null, 10)).toBeNull();
  expect(fullness(5, 10)).toBe(50);
});

test('one is not many', () => {
  expect(plural(1, 'service')).toBe('1 service');
  expect(plural(0, 'service')).toBe('0 services');
});
