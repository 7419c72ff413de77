import { useEffect, useState } from 'react';
import { useRowKey } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';

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
 * appeared, is not an approval: for its first half second it takes none.
 */
export function ApproveButton(props: ApproveButtonProps) {
  const { row, word, size, off, isSending, describedBy, onApprove } = props;
  const [appearedAtMs] = useState(() => performance.now());
  const [isArmed, setArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setArmed(true), ARM_MS);
    return () => clearTimeout(timer);
  }, []);

  const press = () => {
    if (off === null && !isSending && performance.now() - appearedAtMs >= ARM_MS) onApprove();
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
