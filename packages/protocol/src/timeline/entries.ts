import { z } from 'zod';
import { ActionStatus } from '../actions/status.ts';
import { AlertSeverity } from '../alerts/alert.ts';
import { Liveness } from '../server.ts';
import { ServiceStatus, StateClass } from '../service.ts';
import { capped, Timestamp } from '../text.ts';

const entry = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), at: Timestamp, ...shape });

/** What a time line is made of. A new kind is one entry here, one in the hub's registry and one in the dashboard's. */
export const TimelineEntry = z.discriminatedUnion('kind', [
  /** A service was found to be otherwise than before. */
  entry('service', {
    event_id: z.int(),
    service_name: z.string(),
    status: ServiceStatus,
    state_class: StateClass.nullable(),
    answers: z.boolean().nullable(),
    /** Why it does not run, as a sentence. */
    reason: z.string().nullable(),
    action_id: z.int().nullable(),
  }),
  /** The server went offline, or was back. */
  entry('server', { event_id: z.int(), liveness: Liveness }),
  /** A line of the journal that came as evidence of why a service stopped. */
  entry('journal', {
    service_name: z.string(),
    identifier: capped(256),
    pid: z.int().nonnegative().nullable(),
    priority: z.int().min(0).max(7).nullable(),
    message: capped(2048),
  }),
  /** An action came to a new status. */
  entry('action', {
    event_id: z.int(),
    action_id: z.int(),
    service_name: z.string(),
    status: ActionStatus,
    actor: z.string(),
    detail: z.string(),
  }),
  /** An alert of the server, or of the service, moved on. */
  entry('alert', {
    event_id: z.int(),
    alert_id: z.int(),
    severity: AlertSeverity,
    title: z.string(),
    /** `suppressed`: nobody is told, because another alert is its cause. */
    moved: z.enum(['fired', 'suppressed', 'escalated', 'acknowledged', 'unacknowledged', 'resolved']),
    actor: z.string(),
  }),
]);
export type TimelineEntry = z.infer<typeof TimelineEntry>;
export type TimelineKind = TimelineEntry['kind'];
