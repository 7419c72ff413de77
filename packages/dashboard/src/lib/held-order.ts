import { useState } from 'react';

/**
 * The rows of a list in which someone decides things: while someone is in it, rows change and go, but none comes in
 * between; what is new waits until it is asked for, or the list is left.
 */
export function heldRows(
  shown: readonly string[],
  wanted: readonly string[],
  isHeld: boolean,
): readonly string[] {
  if (!isHeld) return wanted;
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  return kept.length === 0 ? wanted : kept;
}

interface HeldOrder<T> {
  readonly rows: readonly T[];
  /** How many rows wait to be let in, and what lets them in: at the end, so that nothing moves. */
  readonly waiting: number;
  readonly letIn: () => void;
  /** For the element that holds the list. */
  readonly hold: { onPointerEnter: () => void; onPointerLeave: () => void };
}

export function useHeldOrder<T>(
  wanted: readonly T[],
  keyOf: (row: T) => string,
  hasCursor: boolean,
): HeldOrder<T> {
  const [isPointerIn, setPointerIn] = useState(false);
  const [shown, setShown] = useState<readonly string[]>([]);
  const byKey = new Map(wanted.map((row) => [keyOf(row), row]));
  const wantedKeys = [...byKey.keys()];
  const newest = heldRows(shown, wantedKeys, isPointerIn || hasCursor);
  if (newest.length !== shown.length || newest.some((key, at) => key !== shown[at])) setShown(newest);
  const isIn = new Set(newest);
  return {
    rows: newest.flatMap((key) => byKey.get(key) ?? []),
    waiting: wanted.length - newest.length,
    letIn: () => setShown([...newest, ...wantedKeys.filter((key) => !isIn.has(key))]),
    hold: { onPointerEnter: () => setPointerIn(true), onPointerLeave: () => setPointerIn(false) },
  };
}
