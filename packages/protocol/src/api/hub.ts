import { z } from 'zod';
import { FleetDay } from '../day.ts';
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

export const hubRoutes = {
  hubInfo: route({
    method: 'GET',
    path: '/hub',
    summary: 'What runs here: versions, the store and what it holds',
    tag: 'hub',
    status: 200,
    response: HubInfo,
    problems: [],
  }),
  fleetDay: route({
    method: 'GET',
    path: '/fleet/day',
    summary: 'What happened to the fleet in the last 24 hours',
    tag: 'hub',
    status: 200,
    response: FleetDay,
    problems: [],
  }),
} as const;
