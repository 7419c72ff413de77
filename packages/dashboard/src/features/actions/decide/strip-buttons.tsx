import type { Action } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { useRowKey } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import { ApproveButton } from './approve-button.tsx';
import { ReviewLink } from './action-links.tsx';
import { RejectForm } from './reject-form.tsx';
import { useDecide, useMayCancel } from './use-decide.ts';

interface StripButtonsProps {
  readonly action: Action;
  readonly row: string;
  /** The server does not allow it: why, and the element that says so. */
  readonly forbidden: { readonly reason: string; readonly noticeId: string } | null;
}

export function StripButtons({ action, row, forbidden }: StripButtonsProps) {
  const { send, sending, off } = useDecide(action);
  const [isRejecting, setRejecting] = useState(false);
  const isPending = action.status === 'pending';
  const mayDecide = useMay('approveAction');
  const mayCancel = useMayCancel(action);
  useRowKey(row, 'x', isPending && mayDecide ? () => setRejecting(true) : undefined);

  if (isPending && isRejecting && mayDecide) {
    return (
      <RejectForm
        off={off.reject}
        isSending={sending === 'reject'}
        onReject={(reason) => send({ kind: 'reject', reason })}
        onBack={() => setRejecting(false)}
      />
    );
  }
  const isAskable = action.status === 'dispatched' && action.cancel_requested_by === null;
  const canCancel = mayCancel && (isPending || action.status === 'approved' || isAskable);
  return (
    <div className="row-actions">
      {isPending && !mayDecide && <span className="dim small">An approver decides.</span>}
      {isPending && mayDecide && action.expect !== null && (
        <ApproveButton
          row={row}
          word={`Approve ${kindWords(action).noun}`}
          off={off.approve ?? forbidden?.reason ?? null}
          isSending={sending === 'approve'}
          describedBy={forbidden?.noticeId}
          onApprove={() => send({ kind: 'approve' })}
        />
      )}
      {isPending && mayDecide && (
        <Button
          className="btn-first"
          off={off.reject}
          data-testid="reject-button"
          onClick={() => setRejecting(true)}
        >
          Reject
        </Button>
      )}
      {canCancel && (
        <Button
          kind="plain"
          off={off.cancel}
          isBusy={sending === 'cancel'}
          data-testid="cancel-button"
          onClick={() => send({ kind: 'cancel' })}
        >
          Cancel
        </Button>
      )}
      <ReviewLink actionId={action.action_id} word={isPending ? 'Review' : 'Details'} />
    </div>
  );
}
