import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveEvent } from '@homelabcmd/protocol';
import { aService, serviceChanged } from '../../testing/things.ts';
import { FRAME_MS, FactPace } from './fact-pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function pace() {
  const handed: number[][] = [];
  const one = new FactPace((facts: readonly LiveEvent[]) => handed.push(facts.map((fact) => fact.id)));
  return { handed, one, take: (id: number) => one.take(serviceChanged(id, aService())) };
}

test('a fact that comes by itself is handed on at once', () => {
  const { handed, take } = pace();
  take(1);
  vi.advanceTimersByTime(FRAME_MS);
  take(2);
  expect(handed).toEqual([[1], [2]]);
});

test('facts that follow within a frame are handed on together at its end, in order, as long as they come', () => {
  const { handed, take } = pace();
  for (const id of [1, 2, 3]) take(id);
  expect(handed).toEqual([[1]]);
  vi.advanceTimersByTime(FRAME_MS);
  take(4);
  expect(handed).toEqual([[1], [2, 3]]);
  vi.advanceTimersByTime(FRAME_MS);
  expect(handed).toEqual([[1], [2, 3], [4]]);
});

test('nothing that waits is lost at the end', () => {
  const { handed, one, take } = pace();
  for (const id of [1, 2]) take(id);
  one[Symbol.dispose]();
  expect(handed).toEqual([[1], [2]]);
});
