import { type Kysely, sql } from 'kysely';

/**
 * People with roles, keys with scopes, and sessions that can be listed and ended one by one. A key that is there keeps what it
 * could do, which was everything, and whoever is signed in stays so.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  const now = new Date().toISOString();
  await sql`INSERT INTO sessions (session_id, session_digest, key_id, created_at, expires_at, last_used_at, proved_at,
    address, user_agent)
    SELECT 'ses_' || substr(session_digest, 1, 12), session_digest, key_id, created_at, expires_at, ${now}, created_at,
    '', '' FROM sessions_before`.execute(db);
  await sql`DROP TABLE sessions_before`.execute(db);
  await sql`DROP TABLE api_keys_before`.execute(db);
}

const STATEMENTS = [
  `CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
    password_hash TEXT,
    oidc_subject TEXT UNIQUE,
    totp_secret TEXT,
    totp_confirmed_at TEXT,
    totp_last_step BIGINT,
    disabled_at TEXT,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    last_signed_in_at TEXT)`,

  `CREATE TABLE invitations (
    token_digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (user_id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL)`,

  `CREATE TABLE signatures (
    signature TEXT PRIMARY KEY,
    person TEXT NOT NULL)`,
  `INSERT INTO signatures (signature, person) SELECT lower(name), lower(name) FROM api_keys`,

  `ALTER TABLE sessions RENAME TO sessions_before`,
  `ALTER TABLE api_keys RENAME TO api_keys_before`,
  `CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    key_digest TEXT NOT NULL UNIQUE,
    user_id TEXT REFERENCES users (user_id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    created_by TEXT,
    expires_at TEXT,
    last_used_at TEXT)`,
  `INSERT INTO api_keys (key_id, name, scopes, key_digest, created_at, created_by, last_used_at)
    SELECT key_id, name, 'read request approve admin', key_digest, created_at, created_by, last_used_at FROM api_keys_before`,

  `CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    session_digest TEXT NOT NULL UNIQUE,
    user_id TEXT REFERENCES users (user_id) ON DELETE CASCADE,
    key_id TEXT REFERENCES api_keys (key_id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    proved_at TEXT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    CHECK ((user_id IS NULL) <> (key_id IS NULL)))`,
  `CREATE INDEX sessions_by_end ON sessions (expires_at)`,
];
