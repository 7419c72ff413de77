import { z } from 'zod';
import { capped, ServerId, Timestamp } from '../text.ts';

/** What an alert is about; each kind is one rule of the hub. */
export const AlertKind = z.enum([
  'service_down',
  'server_offline',
  'fleet_change',
  'cpu_high',
  'memory_high',
  'swap_high',
  'load_high',
  'disk_high',
  'disk_filling',
  'temperature_high',
  'restart_failed',
  'action_unknown',
  'backup_overdue',
  'job_overdue',
]);
export type AlertKind = z.infer<typeof AlertKind>;

export const AlertSeverity = z.enum(['critical', 'warning', 'info']);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/**
 * How far an alert is. `pending`: its condition holds, and not yet for long enough to say so.
 *
 *   pending ──held for long enough──► firing ──a person──► acknowledged
 *      │                               │  ▲────taken back────────┘ │
 *      └──went away: forgotten         └──────► resolved ◄─────────┘
 */
export const AlertState = z.enum(['pending', 'firing', 'acknowledged', 'resolved']);
export type AlertState = z.infer<typeof AlertState>;

/** A reading against its limit, in the unit that is named. */
const Measured = z.object({
  value: z.number(),
  limit: z.number(),
  unit: z.enum(['percent', 'celsius', 'per_core', 'days']),
});

export const Alert = z.object({
  alert_id: z.int().positive(),
  kind: AlertKind,
  severity: AlertSeverity,
  state: AlertState,
  /** `null`: of the fleet, or of the hub itself. */
  server_id: ServerId.nullable(),
  /** The service, disk, sensor or job that it is about; `null` where it is the server as a whole. */
  subject: z.string().nullable(),
  /** «plex failed on media-01», as a person would say it. */
  title: capped(500),
  /** Why, as far as it is known: a sentence. */
  detail: capped(1000).nullable(),
  /** The last lines of the journal, oldest first, where there are any. They are a server's text. */
  lines: z.array(capped(2000)).max(8),
  measured: Measured.nullable(),
  /** When its condition began. */
  since: Timestamp,
  fired_at: Timestamp.nullable(),
  resolved_at: Timestamp.nullable(),
  acknowledged: z.object({ at: Timestamp, by: z.string(), note: z.string().nullable() }).nullable(),
  /** Nobody is told of it, because another alert is its cause; `reason` is a sentence. */
  suppressed: z.object({ cause_alert_id: z.int().positive(), reason: z.string() }).nullable(),
  /** Nobody is told of it, because a person or a maintenance wanted it so; `until` `null`: as long as the maintenance lasts. */
  silenced: z
    .object({ by: z.string(), until: Timestamp.nullable(), reason: z.string().nullable() })
    .nullable(),
  /** Of how many alerts it is the cause. */
  held_back: z.int().nonnegative(),
  /** It has come and gone so often that it is told once, until it is calm. */
  flapping: z.boolean(),
  /** How often it came back while it was flapping, the first time not counted. */
  came_back: z.int().nonnegative(),
  /** How often people were reminded of it. */
  repeats: z.int().nonnegative(),
  escalated_at: Timestamp.nullable(),
  /** The newest action about its service since it began. */
  action_id: z.int().positive().nullable(),
  /** Id of the event that brought this state; a larger one is newer. */
  revision: z.int(),
});
export type Alert = z.infer<typeof Alert>;

/** One line of what became of an alert: `seen` of what was observed, `told` of who was told, `done` of what people and policies did. */
export const AlertStoryEntry = z.object({
  event_id: z.int().positive(),
  at: Timestamp,
  kind: z.enum(['seen', 'told', 'done']),
  text: z.string(),
  /** Who or what: a person, `agent:<server id>`, `hub`. */
  actor: z.string(),
  action_id: z.int().positive().nullable(),
});
export type AlertStoryEntry = z.infer<typeof AlertStoryEntry>;

/** What nobody is told of, for a time. Each field that is not `null` narrows it. */
export const Silence = z.object({
  silence_id: z.int().positive(),
  server_id: ServerId.nullable(),
  tag: z.string().nullable(),
  kind: AlertKind.nullable(),
  subject: z.string().nullable(),
  until: Timestamp,
  reason: z.string(),
  created_at: Timestamp,
  created_by: z.string(),
  /** How many alerts it holds back now. */
  held_back: z.int().nonnegative(),
});
export type Silence = z.infer<typeof Silence>;
