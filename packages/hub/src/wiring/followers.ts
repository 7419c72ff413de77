import type { Deadlines } from '../actions/deadlines/deadlines.ts';
import type { Dispatcher } from '../actions/dispatch.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import type { DayMarks } from '../day/marks.ts';
import type { Follower } from '../events/follower.ts';
import type { EventLog, StoredEvent } from '../events/log.ts';
import type { EndedActions } from '../figures/ended.ts';
import type { LatestMetrics } from '../metrics/latest.ts';
import type { Notifications } from '../notifications/parts.ts';
import { ServiceHistory } from '../service-history/recorder.ts';
import { acceptWhenLifted } from '../setback/accept.ts';
import type { AuditMark } from '../setback/mark.ts';
import type { Store } from '../store/schema.ts';
import type { buildAutomation } from './automation.ts';

/** Those who react to what happens. */
export interface Followed {
  readonly db: Store;
  readonly log: EventLog;
  readonly config: { readonly eventRetentionDays: number; readonly metricsKeptMs: { readonly '1h': number } };
  readonly day: DayMarks;
  readonly mark: AuditMark;
  readonly alerts: AlertEngine;
  readonly notifications: Notifications;
  readonly parts: {
    readonly automation: ReturnType<typeof buildAutomation>;
    readonly dispatcher: Dispatcher;
    readonly deadlines: Deadlines;
    readonly metrics: LatestMetrics;
    readonly ended: EndedActions;
  };
}

/** Each with where it goes on: those that keep a cursor where they were, the others with what happens from now on. */
export async function followersOf(followed: Followed): Promise<Follower[]> {
  const { db, log, config, day, mark, alerts, notifications, parts } = followed;
  const serviceHistory = await ServiceHistory.open(db, log, {
    changesDays: config.eventRetentionDays,
    availabilityMs: config.metricsKeptMs['1h'],
  });
  const { approver, remediation } = parts.automation;
  const { outbox } = notifications;
  return [
    { name: 'day', after: await day.cursor(), takeAll: day.takeAll.bind(day) },
    {
      name: 'service-history',
      after: await serviceHistory.cursor(),
      takeAll: serviceHistory.takeAll.bind(serviceHistory),
    },
    { name: 'alerts', after: alerts.cursor, takeAll: alerts.takeAll.bind(alerts) },
    { name: 'notifications', after: await outbox.cursor(), takeAll: outbox.takeAll.bind(outbox) },
    { name: 'policies', after: await approver.cursor(), takeAll: approver.takeAll.bind(approver) },
    { name: 'remediation', after: log.head, take: remediation.take.bind(remediation) },
    { name: 'dispatcher', after: log.head, takeAll: parts.dispatcher.takeAll.bind(parts.dispatcher) },
    { name: 'deadlines', after: log.head, takeAll: parts.deadlines.takeAll.bind(parts.deadlines) },
    { name: 'setbacks', after: log.head, take: (event: StoredEvent) => acceptWhenLifted(log, event) },
    { name: 'mark', after: log.head, takeAll: () => mark.take() },
    { name: 'metrics', after: log.head, take: parts.metrics.take.bind(parts.metrics) },
    { name: 'figures', after: log.head, take: parts.ended.take.bind(parts.ended) },
  ];
}
