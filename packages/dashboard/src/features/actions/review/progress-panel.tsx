import type { Action } from '@homelabcmd/protocol';
import { useId, useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { Button } from '../../../ui/button.tsx';
import { Caution } from './decision-panel.tsx';
import { Countdown } from './countdown.tsx';
import { useDecide, useMayCancel } from '../decide/use-decide.ts';

/** Beside an action that has been decided and is not over: what there is to wait for, and what can still be done. */
export function ProgressPanel({ action }: { action: Action }) {
  const { send, sending, off } = useDecide(action);
  const mayCancel = useMayCancel(action);
  const mayResolve = useMay('resolveAction');
  const cancel = mayCancel && (
    <CancelButton
      off={off.cancel}
      isSending={sending === 'cancel'}
      onCancel={() => send({ kind: 'cancel' })}
    />
  );
  return (
    <aside className="decide" aria-label="Progress">
      {action.status === 'approved' && action.expires_at !== null && (
        <div>
          <Countdown createdAt={action.approved_at ?? action.created_at} expiresAt={action.expires_at} />
        </div>
      )}
      {action.verifying_since !== null && action.status === 'executing' && (
        <Settling action={action} since={action.verifying_since} />
      )}
      {action.status === 'approved' && (
        <div className="stack">
          <p className="note mt-0">It has not been sent, so it can still be withdrawn.</p>
          {cancel}
        </div>
      )}
      {(action.status === 'dispatched' || action.status === 'executing') && (
        <div>
          <p className="lab">Order</p>
          <p className="mono small mt-1 break-all">{action.order_id}</p>
          <p className="note">It is out. It runs at most once, whatever happens on the way.</p>
        </div>
      )}
      {action.status === 'dispatched' && (
        <div className="stack">
          <p className="note mt-0">
            {action.cancel_requested_by === null
              ? 'It can be asked back: it is cancelled if the agent has not begun it.'
              : `${action.cancel_requested_by} asked to cancel it. The agent answers when it is there.`}
          </p>
          {action.cancel_requested_by === null && cancel}
        </div>
      )}
      {action.status === 'unknown' && !mayResolve && (
        <Caution>
          The service is blocked for new actions until this is settled: by the agent, when it is back, or by
          an approver who has looked.
        </Caution>
      )}
      {action.status === 'unknown' && mayResolve && (
        <Resolve
          off={off.resolve}
          isSending={sending === 'resolve'}
          onResolve={(note) => send({ kind: 'resolve', note })}
        />
      )}
    </aside>
  );
}

interface CancelButtonProps {
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onCancel: () => void;
}

const CancelButton = ({ off, isSending, onCancel }: CancelButtonProps) => (
  <Button off={off} isBusy={isSending} data-testid="cancel-button" onClick={onCancel}>
    Cancel
  </Button>
);

function Settling({ action, since }: { action: Action; since: string }) {
  const wholeS = Math.round(action.settle_ms / 1000);
  const passedS = useTicking((nowMs) =>
    Math.min(Math.max(Math.floor((nowMs - Date.parse(since)) / 1000), 0), wholeS),
  );
  return (
    <div>
      <p className="lab">Verifying</p>
      <p className="countdown">
        {passedS} of {wholeS} s
      </p>
      <div className="bar" aria-hidden="true">
        <i style={{ transform: `scaleX(${wholeS === 0 ? 1 : passedS / wholeS})` }} />
      </div>
      <p className="note">It is up. It counts as {kindWords(action).past} when it stays up that long.</p>
    </div>
  );
}

interface ResolveProps {
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onResolve: (note: string) => void;
}

function Resolve({ off, isSending, onResolve }: ResolveProps) {
  const [note, setNote] = useState('');
  const fieldId = useId();
  const missing = note.trim() === '' ? 'Write down what you found first' : null;
  return (
    <>
      <Caution>
        The service is blocked for new actions until this is settled: by the agent, when it is back, or by
        you.
      </Caution>
      <div className="stack">
        <label className="small dim" htmlFor={fieldId}>
          You have looked at it? Close it with what you found.
        </label>
        <textarea
          id={fieldId}
          value={note}
          maxLength={500}
          placeholder="What did you find?"
          onChange={(event) => setNote(event.target.value)}
        />
        <Button
          off={off ?? missing}
          isBusy={isSending}
          data-testid="resolve-button"
          onClick={() => onResolve(note.trim())}
        >
          Close as abandoned
        </Button>
      </div>
    </>
  );
}
