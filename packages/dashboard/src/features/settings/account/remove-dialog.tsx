import type { ReactNode } from 'react';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError } from '../../../ui/form/fields.tsx';

interface RemoveDialogProps {
  readonly title: string;
  /** What is different then. */
  readonly children: ReactNode;
  /** The route by which it is removed. */
  readonly by: Parameters<typeof useSending>[0];
  readonly remove: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is removed by which the account is opened. */
export function RemoveDialog({ title, children, by, remove, onClose }: RemoveDialogProps) {
  const { send, isSending, off, problem } = useSending(by);
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-form">
        <p className="dim">{children}</p>
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button
            kind="danger"
            off={off}
            isBusy={isSending}
            autoFocus
            onClick={async () => {
              if (await send(remove)) onClose();
            }}
          >
            Remove it
          </Button>
        </DialogEnds>
      </div>
    </Dialog>
  );
}
