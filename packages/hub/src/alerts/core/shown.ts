import type { Alert, AlertSeverity } from '@homelabcmd/protocol';
import { timestamp } from '../../lib/clock.ts';
import { ruleOf, settingsOf } from '../rules/registry.ts';
import type { Scene } from './held.ts';
import type { Condition, Draft, OpenAlert, Subject } from './memory.ts';

type Shown = Pick<Alert, 'title' | 'detail' | 'lines' | 'measured' | 'severity' | 'action_id'>;

/** What is said of it now. */
export function shownOf(draft: Draft, { kind, serverId, id, label }: Subject, condition: Condition): Shown {
  const settings = settingsOf(draft, kind);
  const rule = ruleOf(kind);
  const severity: AlertSeverity =
    condition.isCritical && settings.severity_if_critical !== null
      ? settings.severity_if_critical
      : settings.severity;
  const rest = {
    detail: condition.detail,
    lines: [...condition.lines],
    severity,
    action_id: condition.actionId,
  };
  if (condition.value === null || rule.words === undefined || rule.unit === null)
    return { ...rest, title: condition.title, measured: null };
  const value = draft.readings.get(`${kind} ${serverId ?? ''} ${id}`) ?? condition.value;
  const server = draft.get('servers', serverId ?? '')?.name ?? serverId ?? '';
  return {
    ...{ ...rest, title: rule.words(server, label, value).slice(0, 500) },
    measured: { value, limit: settings.limit ?? value, unit: rule.unit },
  };
}

/** Nobody knows of it yet. */
export function newAlert({ draft }: Scene, subject: Subject, condition: Condition): OpenAlert {
  const alert_id = draft.fleet.lastAlertId + 1;
  draft.setFleet({ lastAlertId: alert_id });
  const { kind, serverId, label } = subject;
  const alert: Alert = {
    ...{ alert_id, kind, state: 'pending', server_id: serverId, subject: label },
    ...{ ...shownOf(draft, subject, condition), since: timestamp(condition.sinceMs) },
    ...{ fired_at: null, resolved_at: null, acknowledged: null, suppressed: null, silenced: null },
    ...{ held_back: 0, flapping: false, came_back: 0, repeats: 0, escalated_at: null, revision: 0 },
  };
  return { alert, toldMs: null, remindedMs: null, silencedBy: null, lines: 0 };
}
