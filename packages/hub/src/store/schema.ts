import type { ActionKind, ActionStatus, ActionVerb } from '@homelabcmd/protocol';
import type { Kysely, Transaction } from 'kysely';
import type { AccessTables } from './tables/access.ts';
import type { AlertTables } from './tables/alerts.ts';
import type { GuardTables } from './tables/guards.ts';
import type { ServiceHistoryTables } from './tables/service-history.ts';
import type { SetbackTables } from './tables/setbacks.ts';

/** In the columns of events and audit entries that name a server: what happened concerns the hub itself. */
export const OF_NO_SERVER = '';

/**
 * The tables, as Kysely sees them. Times are RFC 3339 texts in UTC with milliseconds, so that they sort as text;
 * columns that end in `_json` hold a schema of the protocol; booleans are 0 and 1 on both engines.
 */
export interface Schema extends AccessTables, AlertTables, GuardTables, SetbackTables, ServiceHistoryTables {
  hub_counters: { name: 'event' | 'action' | 'pruned'; last: number };
  servers: ServersTable;
  /** By which key each agent is known, and since when. */
  agent_keys: {
    server_id: string;
    public_key: string;
    enrolled_at: string;
    /** Since when somebody wants it to have another one. */
    new_key_asked_at: string | null;
  };
  /** Keys by which an agent was known before it got another; `shown_at`: when somebody first came with it again. */
  replaced_agent_keys: {
    public_key: string;
    server_id: string;
    replaced_at: string;
    shown_at: string | null;
  };
  /** One row: the hub's public key as it was at the last start. */
  known_hub_key: { one: 1; public_key: string; since: string };
  enrolment_tokens: { token_digest: string; server_id: string; created_at: string; expires_at: string };
  services: ServicesTable;
  actions: ActionsTable;
  /** The kinds and verbs that this hub knows; an action names one of these pairs. */
  action_verbs: { kind: ActionKind; verb: ActionVerb };
  action_steps: ActionStepsTable;
  events: { id: number; at: string; type: string; server_id: string; actor: string; data_json: string };
  follower_cursors: { follower: string; event_id: number };
  audit_entries: AuditEntriesTable;
  /** One row: what makes this store's chain another than that of any other store. */
  audit_chain: { one: 1; chain_id: string; created_at: string };
  metric_blocks: MetricBlocksTable;
  day_marks: DayMarksTable;
  /** Wishes with a name (`Idempotency-Key`), each with the answer that it was given. */
  named_wishes: { key_id: string; name: string; digest: string; answer_json: string; granted_at: string };
}

interface ServersTable {
  server_id: string;
  display_name: string | null;
  tags_json: string;
  liveness: 'never_seen' | 'online' | 'stale' | 'offline';
  liveness_since: string;
  last_seen_at: string | null;
  facts_json: string | null;
  maintenance_json: string;
  created_at: string;
  revision: number;
}

/** One row for each service that is expected or was observed. `expect` writes the first part, `observe` the second. */
interface ServicesTable {
  server_id: string;
  target: string;
  service_name: string;
  expected: number;
  display_name: string | null;
  critical: number;
  enabled: number;
  /** Written by `expect`. */
  probe_json: string | null;
  report_json: string | null;
  observed_at: string | null;
  revision: number;
}

interface ActionsTable {
  action_id: number;
  order_id: string;
  kind: ActionKind;
  server_id: string;
  service_name: string;
  target: string;
  command: string;
  verb: ActionVerb;
  status: ActionStatus;
  version: number;
  revision: number;
  digest: string;
  expect_json: string | null;
  why_json: string | null;
  also_restarts_json: string;
  created_at: string;
  created_by: string;
  /** When the hub stops waiting in the present status: it then expires, or is `unknown`. */
  deadline_at: string | null;
  approved_at: string | null;
  approved_by: string | null;
  approved_digest: string | null;
  decided_by: string | null;
  reason: string | null;
  cancel_requested_by: string | null;
  started_at: string | null;
  verifying_since: string | null;
  finished_at: string | null;
  result_json: string | null;
  settle_ms: number;
  /** Which of the server's agents it was sent to (`agent_journals.life`). */
  sent_life: number | null;
  /** What an approver's passkey has signed, and the signature, where the server is sealed. */
  approval_seal_json: string | null;
}

interface ActionStepsTable {
  action_id: number;
  n: number;
  step: string;
  at: string;
  actor: string;
  detail: string;
  elapsed_ms: number | null;
}

/** A chain (docs/audit.md): only `events/audit-trail.ts` adds to it, and nobody changes it. */
interface AuditEntriesTable {
  /** 1, 2, 3, … without gaps. */
  id: number;
  /** The event of the same fact, which may be gone by now; `null` for a fact of which no page has to hear. */
  event_id: number | null;
  at: string;
  actor: string;
  verb: string;
  server_id: string;
  action_id: number | null;
  /** JSON. */
  detail: string;
  /** Which way the hash was made. */
  encoding: number;
  /** The hash of the entry before; of the first entry, the genesis value. */
  prev_hash: string;
  hash: string;
}

/** Steps of one server that follow each other, packed (`lib/series/block.ts`); `at` is where the first begins. */
interface MetricBlocksTable {
  server_id: string;
  /** Of which tier it is. */
  step_ms: number;
  at: string;
  /** 1: it changed since the next tier was made out of it. */
  is_open: number;
  block: Uint8Array;
}

interface DayMarksTable {
  event_id: number;
  kind: 'service_down' | 'server_offline' | 'restart';
  at: string;
  until: string | null;
  server_id: string;
  service_name: string | null;
  /** With it the end of a `service_down` finds its beginning. */
  target: string | null;
  action_id: number | null;
  detail: string;
}

export type Store = Kysely<Schema>;
export type StoreTransaction = Transaction<Schema>;
