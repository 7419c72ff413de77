import { useRef } from 'react';
import { useHeldRows } from '../../lib/held-rows.ts';
import { useHasCursor } from '../../lib/row-cursor.ts';
import { Button } from '../../ui/button.tsx';
import { type FleetSlots, NeedRow } from './need-row.tsx';
import type { Need } from './needs-you.ts';
import { useNextDecision } from './next-decision.ts';

/** Everything that needs someone, with the decisions in place. Gone when nothing does. */
export function NeedsYou({ needs, slots }: { needs: readonly Need[]; slots: FleetSlots }) {
  const list = useRef<HTMLOListElement>(null);
  const { rows, waiting, show, hold } = useHeldRows(
    needs,
    (need) => need.key,
    useHasCursor('need '),
    'needs',
  );
  useNextDecision(list, rows);
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
        {rows.map((need) => (
          <NeedRow key={need.key} need={need} slots={slots} />
        ))}
      </ol>
    </section>
  );
}
