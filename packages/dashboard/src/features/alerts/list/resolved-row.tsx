import type { Alert } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { dayClock, span } from '../../../lib/time-words.ts';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Ago, At } from '../../../ui/time.tsx';
import { AlertLink, toAlert } from '../alert-link.tsx';
import { rowKeyOf } from './cause-row.tsx';

/** One that is over: how long it was, and what ended it. */
export const ResolvedRow = memo(function ResolvedRow({ alert, isOpen }: { alert: Alert; isOpen: boolean }) {
  const { action_id, alert_id, resolved_at, since, suppressed, title } = alert;
  const key = rowKeyOf(alert);
  const { row } = useCursorRow(key);
  const navigate = useNavigate();
  useRowKey(key, 'Enter', () => void navigate(toAlert(alert_id)));
  const lastedMs = Date.parse(resolved_at ?? since) - Date.parse(since);
  return (
    <li
      className="cause is-over"
      tabIndex={-1}
      data-alert={alert_id}
      data-alert-state={alert.state}
      data-open={isOpen || undefined}
      {...row}
    >
      <Glyph look={{ shape: 'discTick', tone: 'ok' }} />
      <div>
        <h3>
          <AlertLink alert={alert} className="cause-link">
            {title}
          </AlertLink>
        </h3>
        <p className="small">
          {span(lastedMs)} from <At at={since} of={(iso) => dayClock(iso).slice(0, -3)} />. It was over{' '}
          {resolved_at !== null && <Ago at={resolved_at} />}
          {action_id === null ? (
            ', by itself.'
          ) : (
            <>
              , after{' '}
              <Link className="link" to="/actions/$actionId" params={{ actionId: String(action_id) }}>
                action #{action_id}
              </Link>
              .
            </>
          )}
          {suppressed !== null && ` Held back: ${suppressed.reason}`}
        </p>
      </div>
    </li>
  );
});
