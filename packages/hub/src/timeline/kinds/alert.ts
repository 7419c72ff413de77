import { type EventData, type TimelineEntry, targetOf } from '@homelabcmd/protocol';
import type { ReadKind } from './kind.ts';

type Moved = Extract<TimelineEntry, { kind: 'alert' }>['moved'];

const MOVES: Readonly<Record<string, Moved>> = {
  'alert.fired': 'fired',
  'alert.suppressed': 'suppressed',
  'alert.escalated': 'escalated',
  'alert.acknowledged': 'acknowledged',
  'alert.unacknowledged': 'unacknowledged',
  'alert.resolved': 'resolved',
};
const OF_SERVICES: readonly string[] = ['service_down', 'restart_failed', 'action_unknown'];

/** What became of alerts: of a service those that are about it, and those of its server as a whole. */
export const readAlert: ReadKind<'alert'> = async ({ events, target, from, to }) =>
  events.flatMap(({ id, at, type, actor, dataJson }) => {
    const moved = MOVES[type];
    if (moved === undefined || at < from || at > to) return [];
    const { alert } = JSON.parse(dataJson) as EventData<'alert.fired'>;
    const { alert_id, kind, severity, subject, title } = alert;
    if (target !== null && OF_SERVICES.includes(kind) && targetOf(subject ?? '') !== target) return [];
    return [{ kind: 'alert' as const, event_id: id, at, alert_id, severity, title, moved, actor }];
  });
