import { type Clock, nowOf } from '../lib/clock.ts';
import type { Principal } from '../lib/handler.ts';
import { digestOf, newSecret, sameDigest } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';

/** What the bootstrap key signs with. */
const BOOTSTRAP_NAME = 'dashboard';

/**
 * Makes sure that there is a key to begin with. A key from the environment replaces the stored one; without one, the
 * first start makes a key and answers it, once: the store keeps only its digest.
 * @returns the new key to print, or `null` when there is nothing to print
 */
export async function ensureBootstrapKey(
  db: Store,
  clock: Clock,
  keyFromEnvironment: string | null,
): Promise<string | null> {
  const known = await db
    .selectFrom('api_keys')
    .select('key_digest')
    .where('name', '=', BOOTSTRAP_NAME)
    .executeTakeFirst();
  if (keyFromEnvironment === null && known) return null;
  const key = keyFromEnvironment ?? newSecret('hlck');
  const keyDigest = digestOf(key);
  if (known && sameDigest(known.key_digest, keyDigest)) return null;
  await db.transaction().execute(async (tx) => {
    // Whoever signed in with the old key is signed out with it.
    await tx.deleteFrom('sessions').where('principal_name', '=', BOOTSTRAP_NAME).execute();
    await tx
      .insertInto('api_keys')
      .values({ name: BOOTSTRAP_NAME, role: 'admin', key_digest: keyDigest, created_at: nowOf(clock) })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ key_digest: keyDigest }))
      .execute();
  });
  return keyFromEnvironment === null ? key : null;
}

/** Whose key this is, or `null`. The look-up is by digest, so its time says nothing of the key. */
export async function principalOfKey(db: Store, key: string): Promise<Principal | null> {
  const row = await db
    .selectFrom('api_keys')
    .select(['name', 'role', 'key_digest'])
    .where('key_digest', '=', digestOf(key))
    .executeTakeFirst();
  return row ? { name: row.name, role: row.role } : null;
}
