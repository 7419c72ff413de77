import { useState } from 'react';

/**
 * Keeps the rows of a list where they are while someone is in it: a row that jumps away under the pointer gets the
 * wrong press. Rows that are new go to the end until the list is left; then the wanted order is taken.
 */
export function keepOrder(
  shown: readonly string[],
  wanted: readonly string[],
  isHeld: boolean,
): readonly string[] {
  if (!isHeld) return wanted;
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

interface StableOrder<T> {
  readonly rows: readonly T[];
  /** For the element that holds the list. */
  readonly hold: { onPointerEnter: () => void; onPointerLeave: () => void };
}

export function useStableOrder<T>(
  wanted: readonly T[],
  keyOf: (row: T) => string,
  hasCursor: boolean,
): StableOrder<T> {
  const [isPointerIn, setPointerIn] = useState(false);
  const [shown, setShown] = useState<readonly string[]>([]);
  const byKey = new Map(wanted.map((row) => [keyOf(row), row]));
  const newest = keepOrder(shown, [...byKey.keys()], isPointerIn || hasCursor);
  if (!isSameOrder(newest, shown)) setShown(newest);
  return {
    rows: newest.flatMap((key) => byKey.get(key) ?? []),
    hold: { onPointerEnter: () => setPointerIn(true), onPointerLeave: () => setPointerIn(false) },
  };
}

const isSameOrder = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((key, at) => key === right[at]);
