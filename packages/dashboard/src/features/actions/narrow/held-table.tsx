import type { ComponentProps, ReactNode } from 'react';
import { useHeldRows } from '../../../lib/held-rows.ts';
import { useHasCursor } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import { Head, Table } from '../../../ui/table.tsx';

interface HeldTableProps<T> {
  readonly label: string;
  readonly head: ComponentProps<typeof Head>;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** How the keys of its rows begin, where the cursor is. */
  readonly cursorOf: string;
  /** Which list it is: of another nothing is held. */
  readonly listKey: string;
  /** They are those of the filters before, while the new ones are on their way. */
  readonly isOld: boolean;
  /** Draws what is shown now. */
  readonly children: (rows: readonly T[]) => ReactNode;
}

/** A list that grows by itself: while someone is in it what is new waits behind a button. */
export function HeldTable<T>(props: HeldTableProps<T>) {
  const { label, head, items, keyOf, cursorOf, listKey, isOld, children } = props;
  const { rows, waiting, show, hold } = useHeldRows(items, keyOf, useHasCursor(cursorOf), listKey);
  return (
    <div {...hold} aria-busy={isOld}>
      <p className="new-rows" role="status">
        {waiting > 0 && <Button onClick={show}>{`${waiting} new`}</Button>}
      </p>
      <Table label={label}>
        <Head {...head} />
        {children(rows)}
      </Table>
    </div>
  );
}

/** `isOld`: another list is drawn while this one is on its way. */
export const listKeyOf = (isOld: boolean, of: unknown): string =>
  isOld ? 'the one before' : JSON.stringify(of);
