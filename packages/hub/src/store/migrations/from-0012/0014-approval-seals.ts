import { type Kysely, sql } from 'kysely';

/** An approval by a passkey for a server that is sealed: what was signed, and the signature, are kept with the action. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE actions ADD COLUMN approval_seal_json TEXT`.execute(db);
}
