import type { Action } from '@homelabcmd/protocol';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useOpenActions } from '../../../api/actions.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { isCursorOn, setCursor, useHasCursor } from '../../../lib/row-cursor.ts';
import { useStableOrder } from '../../../lib/stable-order.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Moves } from '../decide/moves.ts';
import { WaitingRow } from './action-row.tsx';

const rowKey = (actionId: number) => `waiting ${actionId}`;

/** What waits for a decision, the oldest first, with the decision in place. */
export function Waiting() {
  const open = useOpenActions();
  const pending = (open.data ?? []).filter((action) => action.status === 'pending');
  const oldestFirst = pending.toSorted((a, b) => a.action_id - b.action_id);
  const hasCursor = useHasCursor('waiting ');
  const { rows, hold } = useStableOrder(oldestFirst, (action) => String(action.action_id), hasCursor);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <section aria-labelledby="waiting" className="mt-3" {...hold}>
      <div className="sec">
        <h2 id="waiting" ref={heading} tabIndex={-1}>
          Waiting for approval
        </h2>
        {open.data !== undefined && <span className="dimmer">{pending.length}</span>}
      </div>
      {open.isPending && <RowSkeleton rows={2} label="Loading what waits for approval" />}
      {open.isError && open.data === undefined && (
        <PanelError
          title="Could not load what waits for approval"
          detail={detailOf(open.error)}
          requestId={requestIdOf(open.error)}
          onRetry={() => void open.refetch()}
        />
      )}
      {open.data !== undefined && rows.length === 0 && (
        <p className="dim border-t border-line py-3">Nothing waits for you.</p>
      )}
      <WaitingRows rows={rows} heading={heading} />
    </section>
  );
}

interface WaitingRowsProps {
  readonly rows: readonly Action[];
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

function WaitingRows({ rows, heading }: WaitingRowsProps) {
  const moves = useMoves(rows.map((action) => action.action_id));
  const { onFocus, onBlur } = useNextFocus(rows, heading);
  if (rows.length === 0) return null;
  return (
    <Moves value={moves}>
      <ol className="attn" onFocus={onFocus} onBlur={onBlur}>
        {rows.map((action) => (
          <WaitingRow key={action.action_id} action={action} row={rowKey(action.action_id)} />
        ))}
      </ol>
    </Moves>
  );
}

/** Counts how often a row has gone from among these. */
function useMoves(ids: readonly number[]): number {
  const [seen, setSeen] = useState({ ids, moves: 0 });
  if (ids.join() === seen.ids.join()) return seen.moves;
  const hasGone = seen.ids.some((id) => !ids.includes(id));
  const next = { ids, moves: hasGone ? seen.moves + 1 : seen.moves };
  setSeen(next);
  return next.moves;
}

/** When the row that someone was in has been decided, focus and cursor go to the one that has taken its place. */
function useNextFocus(rows: readonly Action[], heading: RefObject<HTMLHeadingElement | null>) {
  const before = useRef<readonly Action[]>([]);
  const focused = useRef<string | null>(null);
  useLayoutEffect(() => {
    const left = before.current.findIndex(({ action_id }) => {
      const key = rowKey(action_id);
      const isGone = !rows.some((action) => action.action_id === action_id);
      return isGone && (focused.current === key || isCursorOn(key));
    });
    before.current = rows;
    if (left === -1) return;
    const next = rows[Math.min(left, rows.length - 1)];
    focused.current = null;
    setCursor(next === undefined ? null : rowKey(next.action_id));
    const element = next && document.querySelector<HTMLElement>(`[data-row="${rowKey(next.action_id)}"]`);
    (element ?? heading.current)?.focus({ preventScroll: true });
  }, [rows, heading]);
  return {
    onFocus: (event: { target: Element }) => {
      focused.current = event.target.closest<HTMLElement>('[data-row]')?.dataset.row ?? null;
    },
    // An element that is taken off the page tells of no blur: only whoever leaves by himself is forgotten.
    onBlur: (event: { relatedTarget: Element | null }) => {
      if (event.relatedTarget !== null) focused.current = null;
    },
  };
}
