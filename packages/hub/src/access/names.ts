import type { LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

/** What the hub itself signs with: a person of that name would put words into its mouth. */
export const HUB_NAME = 'hub';
/** What somebody signs with who works on the hub's machine, without a key. */
export const CONSOLE_NAME = 'console';

const RESERVED: Record<string, string> = {
  [HUB_NAME]: 'The hub signs what it does itself as hub. Choose another name.',
  [CONSOLE_NAME]: "What is done on the hub's machine is signed as console. Choose another name.",
};

/**
 * Takes a name to sign with. Names are compared without regard to case: people tell actions apart by them. A name stays with
 * the person who had it first, also when the key or the person is gone: what was signed with it is still on the record.
 * @param person who stands behind the name, by their name; a key that nobody owns stands for itself
 * @throws Refusal `already_exists`
 */
export async function takeName(open: LogTransaction, name: string, person: string): Promise<void> {
  const signature = name.toLowerCase();
  const reserved = RESERVED[signature];
  if (reserved !== undefined) throw new Refusal('already_exists', reserved);
  const known = await holderOf(open.tx, signature);
  const isInUse = known !== null && (await isUsed(open.tx, signature));
  if (isInUse)
    throw new Refusal(
      'already_exists',
      `The name ${name} is taken by a person or a key. Choose another name.`,
    );
  if (known !== null && known !== person.toLowerCase())
    throw new Refusal(
      'already_exists',
      `Somebody has signed with the name ${name} before, and it stays theirs on the record. Choose another name.`,
    );
  if (known === null)
    await open.tx.insertInto('signatures').values({ signature, person: person.toLowerCase() }).execute();
}

const holder = statement<{ signature: string }, { person: string }>((db, { signature }) =>
  db.selectFrom('signatures').select('person').where('signature', '=', signature),
);

/** The person behind a name, in lower case; `null` for a name that nobody has ever had. */
export async function holderOf(db: Store, signature: string): Promise<string | null> {
  const [row] = (await holder(db, { signature: signature.toLowerCase() })).rows;
  return row?.person ?? null;
}

async function isUsed(db: Store, signature: string): Promise<boolean> {
  for (const table of ['users', 'api_keys'] as const) {
    const found = await db
      .selectFrom(table)
      .select('name')
      .where((eb) => eb(eb.fn<string>('lower', ['name']), '=', signature))
      .executeTakeFirst();
    if (found) return true;
  }
  return false;
}
