import type { Action, Service } from '@homelabcmd/protocol';
import { type ReactNode, type RefObject, useId, useRef, useState } from 'react';
import { useNotAllowed } from '../../../api/access/may.ts';
import { useActingOff } from '../../../api/live/use-stream.ts';
import { useService } from '../../../api/services.ts';
import { budgetOf, budgetWarning } from '../../../api/vocabulary/action.ts';
import {
  CRASH_LOOP_WARNING,
  isCrashLoop,
  notAllowedHint,
  notAllowedTitle,
} from '../../../api/vocabulary/service.ts';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import { FixNotice } from '../../../ui/fix-notice.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { ApproveButton } from '../decide/approve-button.tsx';
import { useRemaining } from '../decide/expiry.tsx';
import { Countdown } from './countdown.tsx';
import { type Deciding, useDecide, useMayCancel } from '../decide/use-decide.ts';
import { PolicyNote } from './policy-note.tsx';

/** What speaks against one more restart. */
function warningsOf(action: Action, service: Service | undefined): string[] {
  const isLooping =
    action.expect?.state_class === 'crash_loop' || (service !== undefined && isCrashLoop(service));
  return [isLooping ? `It is in a crash loop: ${CRASH_LOOP_WARNING}` : null, budgetWarning(action)].filter(
    (warning) => warning !== null,
  );
}

/** Where a pending action is decided: how long there is, how often it ran, what speaks against it, and the decision. */
export function DecisionPanel({ action }: { action: Action }) {
  const deciding = useDecide(action);
  const actingOff = useActingOff();
  const notAllowed = useNotAllowed('approveAction');
  const mayCancel = useMayCancel(action);
  const service = useService(action.server_id, action.target);
  const key = `decide ${action.action_id}`;
  const { row } = useCursorRow(key);
  const noticeId = useId();
  const cancel = mayCancel && <CancelButton deciding={deciding} />;
  return (
    <aside className="decide" aria-label="Decision" {...row}>
      {action.expires_at !== null && (
        <div>
          <Countdown createdAt={action.created_at} expiresAt={action.expires_at} />
        </div>
      )}
      <Budget action={action} />
      <PolicyNote action={action} />
      {actingOff !== null && (
        <Caution>{actingOff}. Nothing can be decided until the connection is back.</Caution>
      )}
      <Against action={action} service={service} noticeId={noticeId} />
      {notAllowed === null ? (
        <Decide
          action={action}
          row={key}
          deciding={deciding}
          forbidden={forbiddenBy(service)}
          noticeId={noticeId}
        >
          {cancel}
        </Decide>
      ) : (
        <div className="stack">
          <p className="note mt-0">{notAllowed}. You see here how it is decided.</p>
          {cancel}
        </div>
      )}
    </aside>
  );
}

const CancelButton = ({ deciding: { send, sending, off } }: { deciding: Deciding }) => (
  <Button
    kind="plain"
    off={off.cancel}
    isBusy={sending === 'cancel'}
    data-testid="cancel-button"
    onClick={() => send({ kind: 'cancel' })}
  >
    Cancel the request
  </Button>
);

interface DecideProps {
  readonly action: Action;
  readonly row: string;
  readonly deciding: Deciding;
  readonly forbidden: Service['restartable'] | null;
  readonly noticeId: string;
  readonly children: ReactNode;
}

/** The two answers, and what else can be done. */
function Decide({ action, row, deciding, forbidden, noticeId, children }: DecideProps) {
  const { send, sending, off } = deciding;
  const reason = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <Dock action={action} onReject={() => reason.current?.focus()}>
        <ApproveButton
          row={row}
          word="Approve and run"
          size="large"
          off={off.approve ?? forbidden?.reason ?? null}
          isSending={sending === 'approve'}
          describedBy={forbidden === null ? undefined : noticeId}
          onApprove={() => send({ kind: 'approve' })}
        />
      </Dock>
      <Reject
        action={action}
        row={row}
        field={reason}
        off={off.reject}
        isSending={sending === 'reject'}
        onReject={(words) => send({ kind: 'reject', reason: words })}
      >
        {children}
      </Reject>
    </>
  );
}

interface AgainstProps {
  readonly action: Action;
  readonly service: Service | undefined;
  readonly noticeId: string;
}

/** What speaks against it, and what keeps it from being approved. */
function Against({ action, service, noticeId }: AgainstProps) {
  const forbidden = forbiddenBy(service);
  return (
    <>
      {warningsOf(action, service).map((warning) => (
        <Caution key={warning}>{warning}</Caution>
      ))}
      {forbidden !== null && (
        <div>
          <FixNotice
            id={noticeId}
            title={notAllowedTitle(action.server_id)}
            detail={forbidden.reason}
            command={forbidden.fix_command}
            hint={notAllowedHint(action.server_id)}
          />
        </div>
      )}
    </>
  );
}

/** The server's own word that it does not allow this, or `null`. */
const forbiddenBy = (service: Service | undefined) =>
  service !== undefined && !service.restartable.allowed ? service.restartable : null;

function Budget({ action }: { action: Action }) {
  const { ran_last_hour, warn_at } = action.budget;
  return (
    <div>
      <p className="lab">Restart budget, this hour</p>
      <p className="mt-1">
        <span className="pips" aria-hidden="true">
          {Array.from({ length: Math.max(warn_at, Math.min(ran_last_hour, 8)) }, (_, at) => (
            <i key={at} className={at < ran_last_hour ? 'on' : ''} />
          ))}
        </span>
        {budgetOf(action)}
      </p>
    </div>
  );
}

export function Caution({ children }: { children: ReactNode }) {
  return (
    <div className="caution">
      <Glyph look={{ shape: 'triangle', tone: 'warn' }} />
      <p>{children}</p>
    </div>
  );
}

interface DockProps {
  readonly action: Action;
  readonly onReject: () => void;
  readonly children: ReactNode;
}

/** On a phone the decision stands above the tabs, with what it rests on. */
function Dock({ action, onReject, children }: DockProps) {
  return (
    <div className="dock">
      {action.expires_at !== null && <DockNote action={action} expiresAt={action.expires_at} />}
      <Button className="phone-only" size="large" onClick={onReject}>
        Reject…
      </Button>
      {children}
    </div>
  );
}

function DockNote({ action, expiresAt }: { action: Action; expiresAt: string }) {
  const remaining = useRemaining(expiresAt);
  return (
    <p className="dock-note">
      <span>{budgetOf(action)}</span>
      <span>expires in {remaining}</span>
    </p>
  );
}

interface RejectProps {
  readonly action: Action;
  readonly row: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onReject: (reason: string) => void;
  readonly children: ReactNode;
}

function Reject({ action, row, field, off, isSending, onReject, children }: RejectProps) {
  const [reason, setReason] = useState('');
  const fieldId = useId();
  useRowKey(row, 'x', () => field.current?.focus());
  const missing = reason.trim() === '' ? 'Say why first' : null;
  return (
    <div className="stack">
      <label className="small dim" htmlFor={fieldId}>
        Or reject it. {action.created_by} will see the reason.
      </label>
      <textarea
        id={fieldId}
        ref={field}
        value={reason}
        maxLength={500}
        placeholder="Why not?"
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          off={off ?? missing}
          isBusy={isSending}
          data-testid="reject-button"
          onClick={() => onReject(reason.trim())}
        >
          Reject
        </Button>
        {children}
      </div>
    </div>
  );
}
