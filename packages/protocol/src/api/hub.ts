import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { route } from './route.ts';

/** What the hub says of itself. */
export const HubInfo = z.object({
  version: z.string(),
  started_at: Timestamp,
  node_version: z.string(),
  store: z.object({
    engine: z.enum(['sqlite', 'postgresql']),
    engine_version: z.string(),
    size_bytes: z.int().nonnegative(),
    /** The newest migration that the store has. */
    schema: z.string(),
  }),
  events: z.object({
    total: z.int().nonnegative(),
    oldest_at: Timestamp.nullable(),
    /** Older events are removed; actions and the audit trail are kept for ever. */
    retention_days: z.int().positive(),
  }),
  /** The certificate that browsers and agents are shown; `null` where the hub speaks plain HTTP alone. */
  tls: z
    .object({
      /** From the hub's own authority, or brought by a person. */
      is_own: z.boolean(),
      /** SHA-256 of the certificate, as browsers show it. */
      fingerprint: z.string(),
      ends_at: Timestamp,
    })
    .nullable(),
  servers: z.int().nonnegative(),
  actions: z.int().nonnegative(),
});
export type HubInfo = z.infer<typeof HubInfo>;

/** How bad the worst of it is: nothing, something that waits, something that needs a person, something that hurts. */
export const Severity = z.enum(['none', 'low', 'medium', 'high']);
export type Severity = z.infer<typeof Severity>;

const Count = z.int().nonnegative();

/** The fleet in one flat document, for the widgets of other dashboards: every field is a number, a word or a sentence. */
export const FleetStatus = z.object({
  at: Timestamp,
  severity: Severity,
  /** What there is to know, in one sentence of at most 500 characters. */
  summary: z.string().max(500),
  servers: Count,
  servers_online: Count,
  servers_stale: Count,
  servers_offline: Count,
  /** Offline, and not in maintenance: these need somebody. */
  servers_missed: Count,
  /** Expected services that are not paused. */
  services: Count,
  services_running: Count,
  /** Expected, on a server that is heard from, and down or not answering: these need somebody. */
  services_failed: Count,
  /** Of the last: those that somebody has marked critical. */
  services_failed_critical: Count,
  actions_pending: Count,
  /** On their way to a server or at work there. */
  actions_running: Count,
  actions_unknown: Count,
  servers_in_quarantine: Count,
  /** Firing or acknowledged; those that another alert is the cause of are not counted. */
  alerts_open: Count,
  alerts_critical: Count,
  frozen: z.boolean(),
});
export type FleetStatus = z.infer<typeof FleetStatus>;

export const hubRoutes = {
  fleetStatus: route({
    method: 'GET',
    path: '/status',
    summary: 'The fleet in one small flat document, for the widgets of other dashboards',
    tag: 'hub',
    status: 200,
    response: FleetStatus,
    problems: [],
  }),
  hubInfo: route({
    method: 'GET',
    path: '/hub',
    summary: 'What runs here: versions, the store and what it holds',
    tag: 'hub',
    status: 200,
    response: HubInfo,
    problems: [],
  }),
} as const;
