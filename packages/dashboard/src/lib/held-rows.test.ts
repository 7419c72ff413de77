import { expect, test } from 'vitest';
import { heldRows } from './held-rows.ts';

test.each([
  ['a list that nobody is in shows all at once', ['b', 'a'], ['c', 'b', 'a'], false, ['c', 'b', 'a']],
  ['what is new waits while someone is in the list', ['b', 'a'], ['c', 'b', 'a'], true, ['b', 'a']],
  ['what has gone goes', ['b', 'a'], ['c', 'a'], true, ['a']],
  ['an empty list has nothing that could move', [], ['a'], true, ['a']],
  ['nor has one of which nothing is left', ['a'], ['b'], true, ['b']],
])('%s', (_, shown, wanted, isHeld, drawn) => {
  expect(heldRows(shown, wanted, isHeld)).toEqual(drawn);
});
