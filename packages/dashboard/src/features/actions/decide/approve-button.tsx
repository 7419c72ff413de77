import { use, useLayoutEffect, useRef, useState } from 'react';
import { useRowKey } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import { Moves } from './moves.ts';

const ARM_MS = 500;

interface ApproveButtonProps {
  /** The cursor row that it stands in: `a` presses it there. */
  readonly row: string;
  readonly word: string;
  readonly size?: 'row' | 'large';
  readonly off: string | null;
  readonly isSending: boolean;
  /** The element that says at length why it is off. */
  readonly describedBy?: string;
  readonly onApprove: () => void;
}

/**
 * The one press that lets a restart run. A press that began as a press on something else, a moment before this button
 * appeared, is not an approval: for its first half second, and after the rows have moved, it takes none.
 */
export function ApproveButton(props: ApproveButtonProps) {
  const { row, word, size, off, isSending, describedBy, onApprove } = props;
  const moves = use(Moves);
  const standsSinceMs = useRef(Number.POSITIVE_INFINITY);
  const [armedAt, setArmedAt] = useState<number | null>(null);
  const isArmed = armedAt === moves;
  useLayoutEffect(() => {
    standsSinceMs.current = performance.now();
    const timer = setTimeout(() => setArmedAt(moves), ARM_MS);
    return () => clearTimeout(timer);
  }, [moves]);

  const press = () => {
    if (off === null && !isSending && performance.now() - standsSinceMs.current >= ARM_MS) onApprove();
  };
  useRowKey(row, 'a', press);

  return (
    <Button
      kind="primary"
      size={size}
      off={off}
      isBusy={isSending}
      data-testid="approve-button"
      data-arming={!isArmed && off === null ? true : undefined}
      aria-describedby={describedBy}
      onClick={press}
    >
      {word}
    </Button>
  );
}
