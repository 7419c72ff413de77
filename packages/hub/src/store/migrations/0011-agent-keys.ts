import { type Kysely, sql } from 'kysely';

/**
 * Agents are known by a public key, and no longer by a secret that they show. No key can be made out of what was kept of
 * those secrets, nor out of a token that was made for one, so every agent has to be enrolled anew: it then counts as another
 * agent, whose record of orders is kept.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE agent_keys (
    server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
    public_key TEXT NOT NULL UNIQUE,
    enrolled_at TEXT NOT NULL)`,
  `DROP TABLE agent_credentials`,
  `DELETE FROM enrolment_tokens`,
];
