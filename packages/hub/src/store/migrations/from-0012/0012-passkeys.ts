import { type Kysely, sql } from 'kysely';

/** People may sign in and prove themselves by passkeys. Nobody has one yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE passkeys (
    passkey_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    algorithm BIGINT NOT NULL,
    sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
    rp_id TEXT NOT NULL,
    transports_json TEXT NOT NULL,
    is_synced INTEGER NOT NULL CHECK (is_synced IN (0, 1)),
    created_at TEXT NOT NULL,
    last_used_at TEXT)`,
  `CREATE INDEX passkeys_of_user ON passkeys (user_id)`,
];
