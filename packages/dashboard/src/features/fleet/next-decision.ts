import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { moveCursorTo, wasPressedIn } from '../../lib/row-cursor.ts';
import type { Need } from './needs-you.ts';

const isPending = (need: Need | undefined): boolean =>
  need !== undefined && 'action' in need && need.action?.status === 'pending';

/**
 * The row to go to when the decision in `decided` has been made: the next one that waits for a decision, below first;
 * if none does, the row itself; if that is gone, none.
 */
export function nextDecision(rows: readonly Need[], before: readonly Need[], decided: string): string | null {
  const at = before.findIndex((need) => need.key === decided);
  const present = new Map(rows.map((need) => [need.key, need]));
  const inOrder = [...before.slice(at + 1), ...before.slice(0, Math.max(at, 0))];
  const next = inOrder.find((need) => isPending(present.get(need.key)));
  return next?.key ?? (present.has(decided) ? decided : null);
}

/** What was pending in `before`, was pressed here, and is pending no more. */
function decidedHere(rows: readonly Need[], before: readonly Need[]): string | undefined {
  const present = new Map(rows.map((need) => [need.key, need]));
  const decided = before.find(
    (need) => isPending(need) && !isPending(present.get(need.key)) && wasPressedIn(need.key),
  );
  return decided?.key;
}

/**
 * After a decision the focus and the cursor go to the next one that waits. Where nobody here has pressed anything, as
 * when someone else decides, they stay where they are.
 */
export function useNextDecision(list: RefObject<HTMLElement | null>, rows: readonly Need[]): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const decided = decidedHere(rows, before.current);
    if (decided === undefined) return;
    const next = nextDecision(rows, before.current, decided);
    moveCursorTo(next);
    const row = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find(
      (element) => element.dataset.row === next,
    );
    (row ?? document.getElementById('main'))?.focus();
  }, [list, rows]);
  useEffect(() => {
    before.current = rows;
  });
}
