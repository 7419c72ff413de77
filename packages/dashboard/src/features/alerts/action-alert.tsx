import type { Action, Alert } from '@homelabcmd/protocol';
import { useAlertsOf } from '../../api/alerts/alert-lists.ts';
import { alertLook, stateWords } from '../../api/alerts/words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { AlertLink } from './alert-link.tsx';

/** Whether an alert was there when the action was asked for. */
const wasThere = ({ since, resolved_at, suppressed }: Alert, at: string): boolean =>
  suppressed === null && since <= at && (resolved_at === null || resolved_at >= at);

/** The alert that an action belongs to, if there was one when it was asked for. */
export function ActionAlert({ action }: { action: Action }) {
  const alerts = useAlertsOf(action.server_id, action.service_name).data ?? [];
  const alert =
    alerts.find(({ action_id }) => action_id === action.action_id) ??
    alerts.find((each) => wasThere(each, action.created_at));
  if (alert === undefined) return null;
  return (
    <p className="note dim" data-testid="action-alert">
      <Glyph look={alertLook(alert)} /> It belongs to the alert{' '}
      <AlertLink alert={alert} className="link">
        {alert.title}
      </AlertLink>{' '}
      ({stateWords(alert).toLowerCase()}).
    </p>
  );
}
