import { type Kysely, sql } from 'kysely';

/** Probes of services, the last day of metrics and of the fleet, and API keys that can be listed and revoked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `ALTER TABLE services ADD COLUMN probe_json TEXT`,

  `CREATE TABLE metric_minutes (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    cpu_percent REAL,
    memory_percent REAL,
    disk_percent REAL,
    PRIMARY KEY (server_id, at))`,
  `CREATE INDEX metric_minutes_by_age ON metric_minutes (at)`,

  `CREATE TABLE day_marks (
    event_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('service_down', 'server_offline', 'restart')),
    at TEXT NOT NULL,
    until TEXT,
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    service_name TEXT,
    target TEXT,
    action_id INTEGER,
    detail TEXT NOT NULL)`,
  `CREATE INDEX day_marks_by_age ON day_marks (at)`,
  `CREATE INDEX lasting_day_marks ON day_marks (server_id, target) WHERE until IS NULL`,

  `INSERT INTO hub_counters (name, last) VALUES ('pruned', 0)`,

  `CREATE TABLE api_keys_next (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('admin')),
    key_digest TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    created_by TEXT,
    last_used_at TEXT)`,
  `INSERT INTO api_keys_next (key_id, name, role, key_digest, created_at)
    SELECT 'bootstrap', name, role, key_digest, created_at FROM api_keys WHERE name = 'dashboard'`,
  `DROP TABLE api_keys`,
  `ALTER TABLE api_keys_next RENAME TO api_keys`,

  `CREATE TABLE sessions_next (
    session_digest TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES api_keys (key_id) ON DELETE CASCADE,
    principal_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL)`,
  `INSERT INTO sessions_next (session_digest, key_id, principal_name, role, created_at, expires_at)
    SELECT session_digest, 'bootstrap', principal_name, role, created_at, expires_at FROM sessions
    WHERE principal_name = 'dashboard'`,
  `DROP TABLE sessions`,
  `ALTER TABLE sessions_next RENAME TO sessions`,
];
