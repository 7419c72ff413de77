import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

const signature = statement<{ name: string }, { person: string }>((db, { name }) =>
  db.selectFrom('signatures').select('person').where('signature', '=', name),
);

/** Who stands behind a signature, in lower case: a person's keys are them, and a key that nobody owns is itself. */
export async function personOf(db: Store, actor: string): Promise<string> {
  const name = actor.toLowerCase();
  const [row] = (await signature(db, { name })).rows;
  return row?.person ?? name;
}
