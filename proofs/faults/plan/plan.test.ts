import { expect, test } from 'vitest';
import { planOf, type Points } from './plan.ts';
import { nameOf, pointsOf, type Step, stepsBeyond, stepsOfEvery } from './points.ts';

const step = (label: string, nth = 1, side: Step['side'] = 'hub'): Step => ({ side, label, nth });
const usual = pointsOf(Array.from({ length: 20 }, (_, index) => step(`step ${index}`)));
const points: Points = { usual, recovery: pointsOf([step('send hello', 1, 'agent')]) };
const plans = (seed: number, count: number) =>
  Array.from({ length: count }, (_, round) => planOf(seed, round, points));

test('the same seed gives the same rounds, whichever of them is asked for first', () => {
  const all = plans(7, 50);
  expect(planOf(7, 33, points)).toEqual(all[33]);
  expect(plans(8, 50)).not.toEqual(all);
});

test('every point is killed at once before any is killed at twice', () => {
  const firsts = plans(3, 60).flatMap(({ faults: [first] }) =>
    first?.kind === 'point' ? [nameOf(first.point)] : [],
  );
  expect(new Set(firsts.slice(0, usual.length))).toEqual(new Set(usual.map(nameOf)));
});

test('every kind of fault comes up within a hundred rounds, and at least one in each round', () => {
  const all = plans(1, 100);
  expect(new Set(all.flatMap(({ faults }) => faults.map(({ kind }) => kind)))).toEqual(
    new Set(['point', 'time', 'sign', 'reboot']),
  );
  expect(all.every(({ faults }) => faults.length > 0)).toBe(true);
});

test('what is not in every recording came by the clock and is no step of a restart', () => {
  const recordings = [
    [step('a'), step('b'), step('minute')],
    [step('b'), step('a'), step('b', 2)],
  ];
  expect(stepsOfEvery(recordings)).toEqual([step('a'), step('b')]);
});

test('the way back is what a restart without faults has not', () => {
  const recordings = [
    [step('a'), step('send hello', 1, 'agent')],
    [step('b'), step('a', 9), step('send hello', 1, 'agent'), step('send hello', 2, 'agent')],
  ];
  expect(stepsBeyond(recordings, [step('a'), step('b')])).toEqual([step('send hello', 1, 'agent')]);
});
