import { type Kysely, sql } from 'kysely';

/** Who is told of what and how, what is yet to be told, and where the hub says that it is well. Nobody is told of anything yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE channels (
    channel_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    settings_json TEXT NOT NULL,
    secret_names_json TEXT NOT NULL,
    secrets_shut TEXT,
    routing_json TEXT NOT NULL,
    quiet_hours_json TEXT,
    after_event INTEGER NOT NULL,
    gathers_until TEXT,
    last_delivered_at TEXT,
    last_failed_at TEXT,
    last_failure TEXT,
    failures INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL)`,

  `CREATE TABLE deliveries (
    delivery_id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channels (channel_id) ON DELETE CASCADE,
    event_id INTEGER NOT NULL,
    alert_id INTEGER,
    server_id TEXT NOT NULL,
    occasion TEXT NOT NULL CHECK (occasion IN ('fired', 'repeated', 'escalated', 'resolved', 'event')),
    title TEXT NOT NULL,
    content_json TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'delivered', 'failed', 'not_told')),
    message_id TEXT,
    tries INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    due_at TEXT,
    give_up_at TEXT NOT NULL,
    finished_at TEXT,
    because TEXT,
    UNIQUE (channel_id, event_id))`,
  `CREATE INDEX deliveries_of_channel ON deliveries (channel_id, state, event_id)`,
  `CREATE INDEX deliveries_of_alert ON deliveries (alert_id, channel_id, event_id)`,
  `CREATE INDEX deliveries_of_message ON deliveries (message_id)`,
  `CREATE INDEX deliveries_by_event ON deliveries (event_id)`,
  `CREATE INDEX finished_deliveries ON deliveries (finished_at) WHERE finished_at IS NOT NULL`,

  `CREATE TABLE heartbeats (
    heartbeat_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    url_shut TEXT NOT NULL,
    every_ms INTEGER NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    tried_at TEXT,
    last_sent_at TEXT,
    last_failed_at TEXT,
    last_failure TEXT,
    failures INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL)`,
];
