import { type Kysely, sql } from 'kysely';

/** How long a service may be down before it counts, and since when it has not been well, by the hub's clock. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `ALTER TABLE services ADD COLUMN grace_seconds INTEGER NOT NULL DEFAULT 0
       CHECK (grace_seconds BETWEEN 0 AND 3600)`,
    )
    .execute(db);
  await sql.raw('ALTER TABLE services ADD COLUMN unwell_since TEXT').execute(db);
}
