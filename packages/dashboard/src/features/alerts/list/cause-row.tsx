import type { Alert } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { useOpenActions } from '../../../api/actions.ts';
import { needsSomeone } from '../../../api/alerts/open-alerts.ts';
import { alertLook, severityLook } from '../../../api/alerts/words.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { useTicking } from '../../../lib/hub-clock.ts';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { age } from '../../../lib/time-words.ts';
import { plural } from '../../../lib/units.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import type { Cause } from '../causes.ts';
import { AlertLink, toAlert } from '../alert-link.tsx';
import { HeldBack } from '../held-back.tsx';
import { SilenceButtons } from '../silence/silence-buttons.tsx';
import { SeenTo } from '../seen-to.tsx';
import { useAcknowledge } from '../use-acknowledge.ts';

/** So many of what is held back are shown in the row; the story holds them all. */
const SHOWN = 6;

export const rowKeyOf = ({ alert_id }: Alert): string => `alert ${alert_id}`;

interface CauseRowProps {
  readonly cause: Cause;
  /** Its story is open beside the list. */
  readonly isOpen: boolean;
}

/** One cause with what it holds back, and what can be done about it. */
export const CauseRow = memo(function CauseRow({ cause, isOpen }: CauseRowProps) {
  const { alert, members } = cause;
  const key = rowKeyOf(alert);
  const { row } = useCursorRow(key);
  const navigate = useNavigate();
  const to = toAlert(alert.alert_id);
  const isWaiting = needsSomeone(alert);
  const { acknowledge, isSending, off } = useAcknowledge(alert);
  const mayAcknowledge = useMay('acknowledgeAlert');
  useRowKey(key, 'Enter', () => void navigate(to));
  useRowKey(key, 'e', isWaiting && mayAcknowledge ? () => void acknowledge() : undefined);
  const isBad = isWaiting && alert.severity === 'critical';
  return (
    <li
      className={`cause ${isBad ? 'is-bad' : ''}`}
      tabIndex={-1}
      data-alert={alert.alert_id}
      data-alert-state={alert.state}
      data-open={isOpen || undefined}
      {...row}
    >
      <Glyph look={alertLook(alert)} />
      <div>
        <h3 className={isWaiting || alert.silenced === null ? '' : 'dim'}>
          <Severity alert={alert} />
          <AlertLink alert={alert} className="cause-link">
            {alert.title}
          </AlertLink>
        </h3>
        <Extent cause={cause} />
        <SeenTo alert={alert} />
        {alert.suppressed !== null && <Because {...alert.suppressed} />}
        <HeldBack members={members} causeId={alert.alert_id} most={SHOWN} />
      </div>
      <div className="row-actions">
        {isWaiting && <ReviewLink actionId={alert.action_id} />}
        {isWaiting && mayAcknowledge && (
          <Button off={off} isBusy={isSending} onClick={() => void acknowledge()}>
            Acknowledge
          </Button>
        )}
        {!isWaiting && alert.suppressed === null && <SilenceButtons alert={alert} kind="quiet" />}
      </div>
    </li>
  );
});

/** On a small screen the decision that waits is one press away; on a wide one it stands in the story. */
function ReviewLink({ actionId }: { actionId: number | null }) {
  const open = useOpenActions().data ?? [];
  const action = open.find(({ action_id, status }) => action_id === actionId && status === 'pending');
  if (action === undefined) return null;
  return (
    <Link
      className="btn btn-go phone-only"
      to="/actions/$actionId"
      params={{ actionId: String(action.action_id) }}
    >
      Review {kindWords(action).noun}
    </Link>
  );
}

/** The word that its colour stands for; what somebody has seen to is not called out any more. */
function Severity({ alert }: { alert: Alert }) {
  if (alert.silenced !== null) return null;
  const { tone, word } = severityLook(alert.severity);
  return <span className={`strong ${tone === 'mute' ? 'dim' : tone}`}>{word}. </span>;
}

function Extent({ cause: { alert, members } }: { cause: Cause }) {
  const firing = useTicking((nowMs) => age(nowMs - Date.parse(alert.fired_at ?? alert.since)));
  const held = Math.max(members.length, alert.held_back);
  return (
    <p className="small dim">
      Firing for {firing}.{held > 0 && ` ${plural(held + 1, 'alert')}, one cause.`}
      {alert.flapping && ` It comes and goes: ${plural(alert.came_back, 'time')} so far.`}
      {alert.detail !== null && ` ${alert.detail}`}
    </p>
  );
}

/** Of one that stands by itself: why nobody was told of it, with the way to its cause. */
function Because({ cause_alert_id, reason }: NonNullable<Alert['suppressed']>) {
  return (
    <p className="small dim seen-to">
      Held back: {reason}{' '}
      <AlertLink alert={{ alert_id: cause_alert_id }} className="link">
        To its cause
      </AlertLink>
    </p>
  );
}
