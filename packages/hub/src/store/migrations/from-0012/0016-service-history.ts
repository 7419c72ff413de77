import { type Kysely, sql } from 'kysely';

/** What became of each service: its changes, and for how long of each day it ran. A follower fills them from the events that are there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE service_changes (
    event_id INTEGER PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    at TEXT NOT NULL,
    status TEXT NOT NULL,
    state_class TEXT,
    is_answering INTEGER CHECK (is_answering IN (0, 1)),
    action_id INTEGER,
    why_json TEXT)`,
  `CREATE INDEX service_changes_of_service ON service_changes (server_id, target, event_id)`,

  `CREATE TABLE service_spells (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    seen TEXT NOT NULL,
    reported TEXT NOT NULL CHECK (reported IN ('running', 'down', 'unknown', 'not_counted')),
    counted_as TEXT NOT NULL CHECK (counted_as IN ('running', 'down', 'unknown', 'not_counted')),
    since TEXT NOT NULL,
    PRIMARY KEY (server_id, target))`,

  `CREATE TABLE service_days (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    day TEXT NOT NULL,
    running_ms INTEGER NOT NULL,
    down_ms INTEGER NOT NULL,
    unknown_ms INTEGER NOT NULL,
    PRIMARY KEY (server_id, target, day))`,
];
