import { type Kysely, sql } from 'kysely';

/** An order that is out can be asked back; its action is cancelled only if the agent proves that it never began. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `ALTER TABLE actions ADD COLUMN cancel_requested_by TEXT`,
  `INSERT INTO action_status_steps (from_status, to_status) VALUES ('dispatched', 'cancelled')`,
];
