import { type Kysely, sql } from 'kysely';

/**
 * What the hub needs to notice that its store is older than what others have seen, and that an agent is not the one that
 * it was: setbacks, the orders that only an agent knows, what each agent's journal last held, and quarantines.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE setbacks (
    setback_id BIGINT PRIMARY KEY,
    found_at TEXT NOT NULL,
    found_by TEXT NOT NULL,
    own_entry BIGINT NOT NULL,
    lost_entry BIGINT NOT NULL,
    restored_at TEXT UNIQUE,
    accepted_at TEXT,
    accepted_entry BIGINT,
    CHECK ((accepted_at IS NULL) = (accepted_entry IS NULL)))`,

  `CREATE TABLE unaccounted_orders (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    order_id TEXT NOT NULL,
    entry BIGINT NOT NULL,
    held_at TEXT NOT NULL,
    target TEXT,
    settled_at TEXT,
    PRIMARY KEY (server_id, order_id))`,

  `CREATE TABLE agent_journals (
    server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
    enrolled_at TEXT NOT NULL,
    life BIGINT NOT NULL,
    setback_id BIGINT NOT NULL,
    newest_order_id TEXT,
    newest_entry BIGINT,
    newest_at TEXT)`,
  // An agent that is known by now is compared from its first word on; one that enrols later brings what it brings.
  `INSERT INTO agent_journals (server_id, enrolled_at, life, setback_id)
    SELECT server_id, created_at, 1, 0 FROM agent_credentials`,

  `CREATE TABLE quarantines (
    server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    reason TEXT NOT NULL)`,

  `ALTER TABLE actions ADD COLUMN sent_life BIGINT`,
  `INSERT INTO action_status_steps (from_status, to_status) VALUES ('approved', 'unknown')`,
];
