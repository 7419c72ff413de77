import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';

interface RejectFormProps {
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onReject: (reason: string) => void;
  readonly onBack: () => void;
}

/** The reason, in the row itself. Without one nothing is rejected. */
export function RejectForm({ off, isSending, onReject, onBack }: RejectFormProps) {
  const [reason, setReason] = useState('');
  const missing = reason.trim() === '' ? 'Say why first' : null;
  return (
    <form
      className="reason-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null && off === null && !isSending) onReject(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onBack();
      }}
    >
      <input
        className="line-input"
        aria-label="Reason for rejecting"
        placeholder="Why not? The reason is kept"
        maxLength={500}
        value={reason}
        autoFocus
        onChange={(event) => setReason(event.target.value)}
      />
      <Button type="submit" off={off ?? missing} isBusy={isSending} data-testid="reject-button">
        Reject
      </Button>
      <Button kind="plain" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
