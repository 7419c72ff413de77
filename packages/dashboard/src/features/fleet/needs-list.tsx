import { useRef, useState } from 'react';
import { useHeldRows } from '../../lib/held-rows.ts';
import { useHasCursor } from '../../lib/row-cursor.ts';
import { Button } from '../../ui/button.tsx';
import { type FleetSlots, NeedRow } from './need-row.tsx';
import type { Need } from './needs-you.ts';
import { useNextDecision } from './next-decision.ts';

/** More than anybody decides in a row; when a whole rack is gone, the rest waits behind a button. */
const FIRST_SHOWN = 50;

/** Everything that needs someone, with the decisions in place. Gone when nothing does. */
export function NeedsYou({ needs, slots }: { needs: readonly Need[]; slots: FleetSlots }) {
  const list = useRef<HTMLOListElement>(null);
  const { rows, waiting, show, hold } = useHeldRows(
    needs,
    (need) => need.key,
    useHasCursor('need '),
    'needs',
  );
  const [isAll, setAll] = useState(false);
  const shown = isAll ? rows : rows.slice(0, FIRST_SHOWN);
  useNextDecision(list, shown);
  return (
    <section aria-labelledby="needs-you" className="mb-5" {...hold}>
      <div className="sec">
        <h2 id="needs-you">Needs you</h2>
        <span className="dimmer">{needs.length}</span>
        {waiting > 0 && (
          <div className="end">
            <Button onClick={show}>{waiting} new</Button>
          </div>
        )}
        <span className="sr" role="status">
          {waiting > 0 && `${waiting} new below this list's end`}
        </span>
      </div>
      <ol className="attn" ref={list}>
        {shown.map((need) => (
          <NeedRow key={need.key} need={need} slots={slots} />
        ))}
      </ol>
      {shown.length < rows.length && (
        <p className="mt-3">
          <Button onClick={() => setAll(true)}>Show all {rows.length}</Button>
        </p>
      )}
    </section>
  );
}
