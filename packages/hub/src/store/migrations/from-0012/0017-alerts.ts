import { type Kysely, sql } from 'kysely';

/** Alerts with their stories, what people set about them, and what the evaluation remembers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE alerts (
    alert_id INTEGER PRIMARY KEY,
    subject_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved')),
    server_id TEXT REFERENCES servers (server_id) ON DELETE CASCADE,
    subject TEXT,
    title TEXT NOT NULL,
    since TEXT NOT NULL,
    resolved_at TEXT,
    cause_alert_id INTEGER,
    revision INTEGER NOT NULL,
    alert_json TEXT NOT NULL)`,
  `CREATE UNIQUE INDEX one_open_alert_per_subject ON alerts (subject_key) WHERE state <> 'resolved'`,
  `CREATE INDEX alerts_by_state ON alerts (state, alert_id)`,
  `CREATE INDEX alerts_of_server ON alerts (server_id, alert_id)`,
  `CREATE INDEX alerts_resolved ON alerts (resolved_at)`,
  `CREATE INDEX alerts_of_cause ON alerts (cause_alert_id)`,

  `CREATE TABLE alert_story (
    alert_id INTEGER NOT NULL REFERENCES alerts (alert_id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('seen', 'told', 'done')),
    text TEXT NOT NULL,
    actor TEXT NOT NULL,
    action_id INTEGER,
    PRIMARY KEY (alert_id, n))`,

  `CREATE TABLE silences (
    silence_id INTEGER PRIMARY KEY,
    server_id TEXT REFERENCES servers (server_id) ON DELETE CASCADE,
    tag TEXT,
    kind TEXT,
    subject TEXT,
    until TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL)`,

  `CREATE TABLE alert_rules (
    kind TEXT PRIMARY KEY,
    settings_json TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL)`,

  `CREATE TABLE watched_jobs (
    job_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('backup', 'job')),
    every_ms INTEGER NOT NULL,
    grace_ms INTEGER NOT NULL,
    token_digest TEXT NOT NULL UNIQUE,
    last_ping_at TEXT,
    last_failure TEXT,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL)`,

  `CREATE TABLE alert_memory (
    part TEXT NOT NULL,
    key TEXT NOT NULL,
    value_json TEXT NOT NULL,
    PRIMARY KEY (part, key))`,
];
