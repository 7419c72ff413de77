import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { AlertKind, AlertSeverity } from './alert.ts';

const DAY_MS = 86_400_000;

/** How a rule judges; what is not for its kind is `null`. */
export const AlertRuleSettings = z.strictObject({
  enabled: z.boolean(),
  severity: AlertSeverity,
  /** Of a critical service; `null` where the kind knows none. */
  severity_if_critical: AlertSeverity.nullable(),
  /** Fires at this value or beyond, in the unit of the kind. */
  limit: z.number().positive().max(10_000).nullable(),
  /** Resolves below this value: between the two nothing changes. */
  clears_at: z.number().nonnegative().max(10_000).nullable(),
  /** How long it must hold before it fires. */
  for_ms: z.int().min(0).max(DAY_MS),
  /** People are reminded after so long, as long as nobody acknowledged it; `null`: never. */
  repeat_ms: z
    .int()
    .min(60_000)
    .max(30 * DAY_MS)
    .nullable(),
  /** Nobody acknowledged it for so long: it is told as critical to whoever hears of critical ones; `null`: never. */
  escalate_ms: z
    .int()
    .min(60_000)
    .max(30 * DAY_MS)
    .nullable(),
});
export type AlertRuleSettings = z.infer<typeof AlertRuleSettings>;

export const AlertRule = z.object({
  kind: AlertKind,
  /** What it watches, in a sentence. */
  summary: z.string(),
  unit: z.enum(['percent', 'celsius', 'per_core', 'days']).nullable(),
  settings: AlertRuleSettings,
  /** What holds where nobody changed it. */
  defaults: AlertRuleSettings,
  changed_at: Timestamp.nullable(),
  changed_by: z.string().nullable(),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** A job that is to say, again and again, that it is well: a backup, a script of cron. */
export const WatchedJob = z.object({
  job_id: z.int().positive(),
  name: z.string(),
  /** Of a backup the alert is `backup_overdue`. */
  kind: z.enum(['backup', 'job']),
  /** It pings at least this often. */
  every_ms: z.int().positive(),
  /** And may be late by this much. */
  grace_ms: z.int().nonnegative(),
  state: z.enum(['waiting', 'well', 'overdue', 'failed']),
  last_ping_at: Timestamp.nullable(),
  /** What the last ping said that was no success; `null` where all is well. */
  last_failure: z.string().nullable(),
  due_at: Timestamp,
  created_at: Timestamp,
  created_by: z.string(),
});
export type WatchedJob = z.infer<typeof WatchedJob>;
