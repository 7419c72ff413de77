import { expect, test } from 'vitest';
import { PANELS, labelsOf, roundTop } from './panels.ts';
import { axisWords, stepWords } from './time-axis.ts';

const panel = (id: string) => {
  const found = PANELS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no panel ${id}`);
  return found;
};

test.each([
  ['cpu', 3, 100],
  ['load', 0, 1],
  ['load', 0.4, 0.4],
  ['load', 1.84, 2],
  ['load', 11, 15],
  ['network', 700, 750],
  ['network', 3 * 1024, 3 * 1024],
  ['network', 1.2 * 1024 ** 2, 1.5 * 1024 ** 2],
  ['temperature', 61, 75],
])('the scale of %s with %d at most ends at %d', (id, greatest, top) => {
  expect(roundTop(greatest, panel(id))).toBeCloseTo(top);
});

test('of several things the busiest stands first', () => {
  const one = (label: string, max: number) => ({
    ...{ metric: 'network_sent_bytes_per_second' as const, label, unit: '', mean: [max] },
    ...{ min: [max], max: [max] },
  });
  expect(labelsOf([one('lo', 1), one('eth0', 9), one('wg0', 5)])).toEqual(['eth0', 'wg0', 'lo']);
});

test('steps and moments are said in words that suit their length', () => {
  expect([10_000, 60_000, 7_200_000, 86_400_000].map(stepWords)).toEqual(['10 s', '1 min', '2 h', '1 d']);
  const at = Date.parse('2026-01-31T09:05:00.000Z');
  expect([1, 24, 720, 8760].map((hours) => axisWords(at, hours * 3_600_000))).toEqual([
    '09:05',
    '09:05',
    '31 Jan',
    'Jan 2026',
  ]);
});
