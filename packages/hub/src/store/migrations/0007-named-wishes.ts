import { type Kysely, sql } from 'kysely';

/** Wishes that their senders named (`Idempotency-Key`), with the answer that each was given. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE named_wishes (
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer_json TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    PRIMARY KEY (key_id, name))`,
  `CREATE INDEX named_wishes_by_age ON named_wishes (granted_at)`,
];
