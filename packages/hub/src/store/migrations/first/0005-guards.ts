import { type Kysely, sql } from 'kysely';

/** The kill switch, what holds automation back as a whole, and what automation is doing about a service that is down. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE fleet_freeze (
    id TEXT PRIMARY KEY CHECK (id = 'fleet'),
    is_on BIGINT NOT NULL CHECK (is_on IN (0, 1)),
    reason TEXT,
    changed_by TEXT,
    changed_at TEXT,
    is_told BIGINT NOT NULL CHECK (is_told IN (0, 1)))`,
  `INSERT INTO fleet_freeze (id, is_on, is_told) VALUES ('fleet', 0, 1)`,

  `CREATE TABLE automation_halt (
    id TEXT PRIMARY KEY CHECK (id = 'fleet'),
    since TEXT,
    reason TEXT)`,
  `INSERT INTO automation_halt (id) VALUES ('fleet')`,

  `CREATE TABLE incidents (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    policy_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'acting', 'resting', 'stopped')),
    tries BIGINT NOT NULL,
    due_at TEXT,
    action_id BIGINT,
    reason TEXT,
    opened_at TEXT NOT NULL,
    PRIMARY KEY (server_id, target),
    CHECK ((state = 'acting') = (action_id IS NOT NULL)))`,
  `CREATE INDEX due_incidents ON incidents (due_at) WHERE due_at IS NOT NULL`,
];
