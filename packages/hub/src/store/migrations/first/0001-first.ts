import { type Kysely, sql } from 'kysely';
import { engineOf } from '../../engine.ts';

/** The first schema. A migration is never changed after it has been released: a later one changes what it made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No store on PostgreSQL ever was of this version; later migrations make the guards of its tables anew.
  const isGuarded = engineOf(db) === 'sqlite';
  for (const statement of STATEMENTS)
    if (isGuarded || !statement.startsWith('CREATE TRIGGER')) await sql.raw(statement).execute(db);
}

/** Written out, and not taken from the protocol, because the store must refuse what wrong code would allow. */
const LEGAL_STEPS = [
  ['pending', 'approved'],
  ['pending', 'rejected'],
  ['pending', 'cancelled'],
  ['pending', 'expired'],
  ['approved', 'dispatched'],
  ['approved', 'cancelled'],
  ['approved', 'expired'],
  ['dispatched', 'executing'],
  ['dispatched', 'refused'],
  ['dispatched', 'unknown'],
  ['executing', 'completed'],
  ['executing', 'failed'],
  ['executing', 'unknown'],
  ['unknown', 'completed'],
  ['unknown', 'failed'],
  ['unknown', 'refused'],
  ['unknown', 'abandoned'],
];

const STATEMENTS = [
  `CREATE TABLE hub_counters (name TEXT PRIMARY KEY, last INTEGER NOT NULL)`,
  `INSERT INTO hub_counters (name, last) VALUES ('event', 0), ('action', 0)`,

  `CREATE TABLE servers (
    server_id TEXT PRIMARY KEY,
    display_name TEXT,
    tags_json TEXT NOT NULL,
    liveness TEXT NOT NULL CHECK (liveness IN ('never_seen', 'online', 'stale', 'offline')),
    liveness_since TEXT NOT NULL,
    last_seen_at TEXT,
    facts_json TEXT,
    maintenance_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revision INTEGER NOT NULL)`,
  `CREATE TABLE agent_credentials (
    server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
    credential_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL)`,
  `CREATE TABLE enrolment_tokens (
    token_digest TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL)`,
  `CREATE INDEX enrolment_tokens_of_server ON enrolment_tokens (server_id)`,

  `CREATE TABLE services (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    service_name TEXT NOT NULL,
    expected INTEGER NOT NULL CHECK (expected IN (0, 1)),
    display_name TEXT,
    critical INTEGER NOT NULL CHECK (critical IN (0, 1)),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    report_json TEXT,
    observed_at TEXT,
    revision INTEGER NOT NULL,
    PRIMARY KEY (server_id, target))`,
  `CREATE INDEX expected_services ON services (server_id) WHERE expected = 1`,

  `CREATE TABLE actions (
    action_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('restart_service')),
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    service_name TEXT NOT NULL,
    target TEXT NOT NULL,
    command TEXT NOT NULL,
    verb TEXT NOT NULL CHECK (verb IN ('restart', 'reset-and-restart')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'cancelled', 'expired',
      'dispatched', 'executing', 'completed', 'failed', 'refused', 'unknown', 'abandoned')),
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    expect_json TEXT,
    why_json TEXT,
    also_restarts_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    deadline_at TEXT,
    approved_at TEXT,
    approved_by TEXT,
    approved_digest TEXT,
    decided_by TEXT,
    reason TEXT,
    started_at TEXT,
    verifying_since TEXT,
    finished_at TEXT,
    result_json TEXT,
    settle_ms INTEGER NOT NULL,
    CHECK (status NOT IN ('approved', 'dispatched', 'executing', 'completed', 'failed', 'refused', 'unknown',
      'abandoned') OR (approved_digest IS NOT NULL AND approved_digest = digest)))`,
  `CREATE UNIQUE INDEX one_open_action_per_target ON actions (server_id, target)
    WHERE status IN ('pending', 'approved', 'dispatched', 'executing', 'unknown')`,
  `CREATE INDEX actions_by_status ON actions (status, action_id)`,
  `CREATE INDEX actions_of_target ON actions (server_id, target, started_at)`,
  `CREATE INDEX actions_by_deadline ON actions (deadline_at) WHERE deadline_at IS NOT NULL`,

  `CREATE TABLE action_status_steps (from_status TEXT NOT NULL, to_status TEXT NOT NULL,
    PRIMARY KEY (from_status, to_status))`,
  `INSERT INTO action_status_steps (from_status, to_status) VALUES
    ${LEGAL_STEPS.map(([from, to]) => `('${from}', '${to}')`).join(', ')}`,
  `CREATE TRIGGER actions_begin_pending BEFORE INSERT ON actions WHEN NEW.status <> 'pending'
    BEGIN SELECT RAISE(ABORT, 'an action begins as pending'); END`,
  `CREATE TRIGGER actions_take_legal_steps BEFORE UPDATE OF status ON actions
    WHEN NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM action_status_steps
      WHERE from_status = OLD.status AND to_status = NEW.status)
    BEGIN SELECT RAISE(ABORT, 'no action takes this step'); END`,

  `CREATE TABLE action_steps (
    action_id INTEGER NOT NULL REFERENCES actions (action_id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    step TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    elapsed_ms REAL,
    PRIMARY KEY (action_id, n))`,

  `CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    server_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    data_json TEXT NOT NULL)`,
  `CREATE TABLE follower_cursors (follower TEXT PRIMARY KEY, event_id INTEGER NOT NULL)`,

  `CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL UNIQUE,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    server_id TEXT NOT NULL,
    action_id INTEGER,
    detail TEXT NOT NULL)`,
  `CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END`,
  `CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END`,

  `CREATE TABLE api_keys (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('admin')),
    key_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL)`,
  `CREATE TABLE sessions (
    session_digest TEXT PRIMARY KEY,
    principal_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL)`,
];
