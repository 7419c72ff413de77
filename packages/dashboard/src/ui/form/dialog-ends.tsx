import type { ReactNode } from 'react';
import { Button } from '../button.tsx';

/** The end of a dialog: what it does, and the way out. */
export function DialogEnds({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <div className="dialog-ends">
      <Button kind="plain" onClick={onClose}>
        Cancel
      </Button>
      {children}
    </div>
  );
}
