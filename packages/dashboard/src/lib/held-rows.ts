import { useState } from 'react';

/**
 * What of a list is drawn while someone is in it: the rows that stood there before. What is new waits until it is asked
 * for or the list is left, so that nothing moves under the pointer. An empty list has nothing that could move.
 */
export function heldRows(
  shown: readonly string[],
  wanted: readonly string[],
  isHeld: boolean,
): readonly string[] {
  if (!isHeld || shown.length === 0) return wanted;
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  return kept.length === 0 ? wanted : kept;
}

interface HeldRows<T> {
  readonly rows: readonly T[];
  /** How many new rows wait. */
  readonly waiting: number;
  /** Draws them now. */
  readonly show: () => void;
  /** For the element that holds the list. */
  readonly hold: { onPointerEnter: () => void; onPointerLeave: () => void };
}

/** `listKey` says which list it is: of another list nothing is held. */
export function useHeldRows<T>(
  wanted: readonly T[],
  keyOf: (row: T) => string,
  hasCursor: boolean,
  listKey: string,
): HeldRows<T> {
  const [isPointerIn, setPointerIn] = useState(false);
  const [shown, setShown] = useState<{ list: string; keys: readonly string[] }>({ list: listKey, keys: [] });
  const byKey = new Map(wanted.map((row) => [keyOf(row), row]));
  const isHeld = (isPointerIn || hasCursor) && shown.list === listKey;
  const keys = heldRows(shown.keys, [...byKey.keys()], isHeld);
  if (shown.list !== listKey || keys.join() !== shown.keys.join()) setShown({ list: listKey, keys });
  const drawn = new Set(keys);
  return {
    rows: keys.flatMap((key) => byKey.get(key) ?? []),
    waiting: wanted.filter((row) => !drawn.has(keyOf(row))).length,
    show: () => setShown({ list: listKey, keys: [...byKey.keys()] }),
    hold: { onPointerEnter: () => setPointerIn(true), onPointerLeave: () => setPointerIn(false) },
  };
}
