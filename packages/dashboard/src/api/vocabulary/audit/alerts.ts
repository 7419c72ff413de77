import type { AuditVerb } from '@homelabcmd/protocol';
import { text, type Words } from '../audit-detail.ts';

const quoted = (said: string | null): string | null => (said === null ? null : `“${said}”`);
const titleOf = (detail: Parameters<Words>[0]): string => text(detail, 'title') ?? 'an alert';
const kindOf = (detail: Parameters<Words>[0]): string => text(detail, 'kind')?.replaceAll('_', ' ') ?? '';

/** What people did about alerts, their rules, and the jobs that are watched, in words. */
export const OF_ALERTS: Pick<
  Record<AuditVerb, Words>,
  Extract<AuditVerb, `${'alert' | 'silence' | 'alert_rule' | 'job'}.${string}`>
> = {
  'alert.acknowledged': (d) => ({ what: `Acknowledged: ${titleOf(d)}`, more: quoted(text(d, 'note')) }),
  'alert.unacknowledged': (d) => ({ what: `Took back the acknowledgement: ${titleOf(d)}` }),
  'silence.created': (d) => ({ what: 'Silenced alerts', more: quoted(text(d, 'reason')) }),
  'silence.ended': () => ({ what: 'Ended a silence' }),
  'alert_rule.changed': (d) => ({ what: `Changed the alert rule ${kindOf(d)}` }),
  'alert_rule.reset': (d) => ({ what: `Reset the alert rule ${kindOf(d)}` }),
  'job.created': (d) => ({ what: `Watches the job ${text(d, 'name') ?? ''}` }),
  'job.removed': (d) => ({ what: `Watches the job ${text(d, 'name') ?? ''} no more` }),
};
