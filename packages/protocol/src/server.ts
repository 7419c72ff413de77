import { z } from 'zod';
import { Sealing } from './actions/approver-key.ts';
import { Allows, Relaxation } from './guards/allows.ts';
import { capped, ServerId, Timestamp } from './text.ts';
import { Updates } from './updates.ts';

/** What an agent says of the machine that it runs on. */
export const ServerFacts = z.object({
  hostname: capped(255),
  os: capped(255),
  kernel: capped(255),
  architecture: capped(64),
  cpu_count: z.int().positive(),
  memory_total_bytes: z.number().nonnegative(),
  addresses: z.array(capped(64)).max(32),
  /** Changes with each boot of the machine. */
  boot_id: capped(64),
  booted_at: Timestamp.nullable(),
  agent_version: capped(64),
  /** `null` when the machine has no systemd that the agent can speak to; `systemd_problem` says why. */
  systemd_version: capped(64).nullable(),
  systemd_problem: capped(500).nullable(),
  /** The agent only watches: nothing on this server can be restarted through it. */
  monitor_only: z.boolean(),
  /** The agent keeps the heads of the audit that orders bring. Absent: it is older, and knows nothing of them. */
  keeps_audit_heads: z.boolean().optional(),
  /** The agent keeps its readings while it has no hub, and tells them when it is asked. Absent: it is older. */
  spools_readings: z.boolean().optional(),
  /** Why the server's own file of limits is not followed, so that the strictest hold; absent where all is well. */
  limits_problem: capped(500).optional(),
  /** Root has sealed the server: it carries out only what one of these passkeys has signed. Absent where it is not so. */
  sealed: Sealing.optional(),
  /** Absent: the agent is older, and does not say. */
  allows: Allows.optional(),
  /** What of the agent's sandbox is not in force there. Absent where all of it is. */
  sandbox_relaxed: z.array(Relaxation).max(100).optional(),
  /** Absent: the agent is older, or nobody has looked there yet. */
  updates: Updates.optional(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

/**
 * Whether the hub hears from a server.
 *
 *   never_seen ──first hello──► online ──link lost or silent──► stale ──silent longer──► offline
 *                                  ▲────────── a frame ───────────┴──────────────────────┘
 */
export const Liveness = z.enum(['never_seen', 'online', 'stale', 'offline']);
export type Liveness = z.infer<typeof Liveness>;

export const Maintenance = z.object({
  on: z.boolean(),
  until: Timestamp.nullable(),
  reason: z.string().max(500).nullable(),
});

/** Nothing is sent to the server, because its agent is not what it was, or there are two of it. */
export const Quarantine = z.object({
  since: Timestamp,
  /** What was seen, in a sentence. */
  reason: z.string(),
});

export const Server = z.object({
  server_id: ServerId,
  display_name: z.string().nullable(),
  tags: z.array(z.string()),
  liveness: Liveness,
  /** Since when it is online, stale or offline. */
  liveness_since: Timestamp,
  last_seen_at: Timestamp.nullable(),
  facts: ServerFacts.nullable(),
  maintenance: Maintenance,
  /** Absent where all is well. A person lifts it. */
  quarantine: Quarantine.optional(),
  created_at: Timestamp,
  /** Id of the event that brought this state; a larger one is newer. */
  revision: z.int(),
});
export type Server = z.infer<typeof Server>;
