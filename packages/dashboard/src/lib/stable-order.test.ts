import { expect, test } from 'vitest';
import { keepOrder } from './stable-order.ts';

test('a list that nobody is in takes the wanted order', () => {
  expect(keepOrder(['a', 'b'], ['b', 'a'], false)).toEqual(['b', 'a']);
});

test('a list that someone is in keeps its rows in place, and new ones go to the end', () => {
  expect(keepOrder(['a', 'b', 'c'], ['new', 'c', 'a'], true)).toEqual(['a', 'c', 'new']);
});
