import { useCallback, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';

/**
 * The cursor that `j` and `k` move over the rows of a page. There is none until a person moves it or presses on a row,
 * so that a key on a fresh page decides nothing. A row is any element with `data-row`; what a key does in it is
 * registered by what stands in the row.
 */
export type RowKey = 'a' | 'e' | 'r' | 'x' | 'Enter';

/** After the cursor has moved by itself, a key that decides waits this long: it was meant for the row before. */
const ARM_MS = 500;
/** A change in a row so soon after a press in it is what the press led to. */
const LED_TO_MS = 10_000;

let cursor: string | null = null;
let movedByItselfAtMs = Number.NEGATIVE_INFINITY;
let pressed: { readonly row: string; readonly atMs: number } | null = null;
const listeners = new Set<() => void>();
const presses = new Map<string, Map<RowKey, () => void>>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setCursor(row: string | null): void {
  if (row === null) pressed = null;
  if (row === cursor) return;
  cursor = row;
  for (const listener of listeners) listener();
}

/** Moves the cursor without a person's key: to where the next decision waits. */
export function moveCursorTo(row: string | null): void {
  movedByItselfAtMs = performance.now();
  setCursor(row);
}

/** Whether a person has just pressed something in this row. */
export const wasPressedIn = (row: string): boolean =>
  pressed?.row === row && performance.now() - pressed.atMs < LED_TO_MS;

function notePress(row: string): void {
  pressed = { row, atMs: performance.now() };
}
export const isCursorOn = (row: string): boolean => row === cursor;

/** Puts the cursor on the next row of the page, or the one before, in the order in which they stand. */
export function moveCursor(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.dataset.row === cursor);
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  const row = rows[next];
  if (!row?.dataset.row) return;
  setCursor(row.dataset.row);
  row.scrollIntoView?.({ block: 'nearest' });
}

/** Does what this key means in the row under the cursor. Without a visible cursor row it does nothing. */
export function pressInRow(key: RowKey): void {
  if (cursor === null) return;
  if (key !== 'Enter' && performance.now() - movedByItselfAtMs < ARM_MS) return;
  const isOnPage = [...document.querySelectorAll<HTMLElement>('[data-row]')].some(
    (row) => row.dataset.row === cursor,
  );
  if (!isOnPage) return;
  notePress(cursor);
  presses.get(cursor)?.get(key)?.();
}

interface CursorRow {
  readonly isCursor: boolean;
  /** For the row's element. */
  readonly row: { 'data-row': string; 'data-cursor': true | undefined; onPointerDown: () => void };
}

export function useCursorRow(key: string): CursorRow {
  const isCursor = useSyncExternalStore(subscribe, () => cursor === key);
  const onPointerDown = useCallback(() => {
    notePress(key);
    setCursor(key);
  }, [key]);
  return { isCursor, row: { 'data-row': key, 'data-cursor': isCursor || undefined, onPointerDown } };
}

/** True while the cursor is on a row whose key starts so. */
export function useHasCursor(prefix: string): boolean {
  return useSyncExternalStore(subscribe, () => cursor?.startsWith(prefix) ?? false);
}

/** While `press` is given, `key` does it in this row. */
export function useRowKey(row: string | undefined, key: RowKey, press: (() => void) | undefined): void {
  const newest = useRef(press);
  useLayoutEffect(() => {
    newest.current = press;
  });
  const isOffered = press !== undefined && row !== undefined;
  useEffect(() => {
    if (!isOffered) return;
    const ofRow = presses.get(row) ?? new Map<RowKey, () => void>();
    presses.set(row, ofRow);
    const run = () => newest.current?.();
    ofRow.set(key, run);
    return () => {
      if (ofRow.get(key) === run) ofRow.delete(key);
      if (ofRow.size === 0) presses.delete(row);
    };
  }, [row, key, isOffered]);
}
