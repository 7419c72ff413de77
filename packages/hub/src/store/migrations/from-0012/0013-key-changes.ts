import { type Kysely, sql } from 'kysely';

/**
 * The key of an agent, and that of the hub, can be another one from some moment on. Kept is what somebody wishes, which keys are worth
 * nothing any more, so that one that still shows such a key is noticed, and the hub's key as it was at the last start.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `ALTER TABLE agent_keys ADD COLUMN new_key_asked_at TEXT`,
  `CREATE TABLE replaced_agent_keys (
    public_key TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    replaced_at TEXT NOT NULL,
    shown_at TEXT)`,
  `CREATE INDEX replaced_agent_keys_of_server ON replaced_agent_keys (server_id)`,
  `CREATE TABLE known_hub_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    public_key TEXT NOT NULL,
    since TEXT NOT NULL)`,
];
