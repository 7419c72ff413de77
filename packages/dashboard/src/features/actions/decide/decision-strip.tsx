import type { Action } from '@homelabcmd/protocol';
import { memo } from 'react';
import { useService } from '../../../api/services.ts';
import { budgetOf, budgetWarning, extentOf } from '../../../api/vocabulary/action.ts';
import {
  CRASH_LOOP_WARNING,
  isCrashLoop,
  notAllowedHint,
  notAllowedTitle,
} from '../../../api/vocabulary/service.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { FixNotice } from '../../../ui/fix-notice.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Ago } from '../../../ui/time.tsx';
import { ExpiresIn } from './expiry.tsx';
import { Progress } from './progress.tsx';
import { StripButtons } from './strip-buttons.tsx';

interface DecisionStripProps {
  readonly action: Action;
  /** The cursor row that it stands in. */
  readonly row: string;
}

/** What the action rests on and what decides it, in the row of the service itself. */
export const DecisionStrip = memo(function DecisionStrip({ action, row }: DecisionStripProps) {
  const isPending = action.status === 'pending';
  const { imperative } = kindWords(action);
  const service = useService(action.server_id, action.target);
  const restartable = service?.restartable;
  const isForbidden = isPending && restartable !== undefined && !restartable.allowed;
  const noticeId = `not-allowed-${action.action_id}`;
  return (
    <div
      className="strip"
      role="group"
      aria-label={`${imperative} of ${action.service_name} on ${action.server_id}`}
    >
      <div className="strip-text">
        {isPending ? (
          <Grounds action={action} isLooping={service !== undefined && isCrashLoop(service)} />
        ) : (
          <Progress action={action} />
        )}
        {isForbidden && (
          <div className="mt-2">
            <FixNotice
              id={noticeId}
              title={notAllowedTitle(action.server_id)}
              detail={restartable.reason}
              command={restartable.fix_command}
              hint={notAllowedHint(action.server_id)}
            />
          </div>
        )}
      </div>
      <StripButtons
        key={action.action_id}
        action={action}
        row={row}
        forbidden={isForbidden ? { reason: restartable.reason, noticeId } : null}
      />
    </div>
  );
});

function Grounds({ action, isLooping }: { action: Action; isLooping: boolean }) {
  const warning = isLooping ? `It is in a crash loop: ${CRASH_LOOP_WARNING}` : budgetWarning(action);
  return (
    <>
      <p>
        <span className="ink">
          {actorWords(action.created_by)} asked for a {kindWords(action).noun} <Ago at={action.created_at} />.
        </span>{' '}
        {extentOf(action)}
      </p>
      <p>
        {budgetOf(action)} {action.expires_at !== null && <ExpiresIn at={action.expires_at} />}
      </p>
      {warning !== null && (
        <p className="warn">
          <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> {warning}
        </p>
      )}
    </>
  );
}
