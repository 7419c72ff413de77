import { expect, test } from 'vitest';
import { heldRows } from './held-order.ts';

test.each([
  ['nobody is in it: the wanted order', ['b', 'a'], ['a', 'b', 'c'], false, ['a', 'b', 'c']],
  ['someone is in it: nothing moves, nothing comes', ['b', 'a'], ['c', 'a', 'b'], true, ['b', 'a']],
  ['what is over goes', ['b', 'a'], ['c', 'a'], true, ['a']],
  ['when all that was there is over, the new takes its place', ['b'], ['c', 'd'], true, ['c', 'd']],
])('the rows that are shown: %s', (_, shown, wanted, isHeld, rows) => {
  expect(heldRows(shown, wanted, isHeld)).toEqual(rows);
});
