import { randomBytes } from 'node:crypto';
import type { ApiKey, ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf, newSecret, sameDigest } from '../lib/secrets.ts';
import type { Selectable } from 'kysely';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

const BOOTSTRAP_ID = 'bootstrap';
/** What the bootstrap key signs with. */
const BOOTSTRAP_NAME = 'dashboard';
const KEY_PREFIX = 'hlck';
/** What the hub itself signs with: a person's key of that name would put words into its mouth. */
const HUB_NAME = 'hub';
/** What somebody signs with who works on the hub's machine, without a key. */
const CONSOLE_NAME = 'console';

/** Who put another key in the place of the first one, as the audit names them. */
type Replacer = { readonly actor: typeof HUB_NAME | typeof CONSOLE_NAME; readonly by: string };

/**
 * Makes sure that there is a key to begin with. A key from the environment replaces the stored one; without one, the
 * first start makes a key and answers it, once: the store keeps only its digest.
 * @returns the new key to print, or `null` when there is nothing to print
 */
export async function ensureBootstrapKey(
  log: EventLog,
  keyFromEnvironment: string | null,
): Promise<string | null> {
  return log.transaction(async (open) => {
    const known = await open.tx
      .selectFrom('api_keys')
      .select('key_digest')
      .where('key_id', '=', BOOTSTRAP_ID)
      .executeTakeFirst();
    if (keyFromEnvironment === null && known) return null;
    const key = keyFromEnvironment ?? newSecret(KEY_PREFIX);
    if (known && sameDigest(known.key_digest, digestOf(key))) return null;
    const by = keyFromEnvironment === null ? 'the first start' : 'HOMELABCMD_API_KEY';
    await writeBootstrapKey(open, key, { actor: HUB_NAME, by });
    return keyFromEnvironment === null ? key : null;
  });
}

/** Makes a new bootstrap key; the old one, and every session, ends with it. @returns the key: it is nowhere else */
export async function resetBootstrapKey(log: EventLog): Promise<string> {
  const key = newSecret(KEY_PREFIX);
  const replacer = { actor: CONSOLE_NAME, by: 'homelabcmd reset-admin' } as const;
  await log.transaction((open) => writeBootstrapKey(open, key, replacer));
  return key;
}

async function writeBootstrapKey(open: LogTransaction, key: string, { actor, by }: Replacer): Promise<void> {
  // Whoever signed in with the old key is signed out with it: sessions go with their key.
  const { numDeletedRows } = await open.tx
    .deleteFrom('api_keys')
    .where('key_id', '=', BOOTSTRAP_ID)
    .executeTakeFirst();
  await open.tx
    .insertInto('api_keys')
    .values({
      key_id: BOOTSTRAP_ID,
      name: BOOTSTRAP_NAME,
      role: 'admin',
      key_digest: digestOf(key),
      created_at: open.now,
      created_by: null,
      last_used_at: null,
    })
    .execute();
  const verb = Number(numDeletedRows) === 0 ? 'key.created' : 'key.replaced';
  const detail = { key_id: BOOTSTRAP_ID, name: BOOTSTRAP_NAME, by };
  await open.audit({ verb, actor, serverId: null, detail });
}

type KeyRow = Pick<Selectable<Schema['api_keys']>, 'key_id' | 'name' | 'role'>;

const keyOfDigest = statement<{ digest: string }, KeyRow>((db, { digest }) =>
  db.selectFrom('api_keys').select(['key_id', 'name', 'role']).where('key_digest', '=', digest),
);

/** Whose key this is, or `null`. The look-up is by digest, so its time says nothing of the key. */
export async function principalOfKey(db: Store, key: string): Promise<Principal | null> {
  const [row] = (await keyOfDigest(db, { digest: digestOf(key) })).rows;
  return row ? { name: row.name, role: row.role, keyId: row.key_id } : null;
}

/** The keys, the one that the hub began with first, without their secrets. */
export async function listKeys(
  db: Store,
  { limit, offset }: { limit: number; offset: number },
): Promise<ResponseOf<typeof api.listKeys>> {
  const rows = await selectKeys(db)
    .orderBy((eb) => eb('key_id', '<>', BOOTSTRAP_ID))
    .orderBy('name')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await db
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { keys: rows.map(keyOf), total, limit, offset };
}

/** Makes a key. Its secret is in this answer and nowhere else. @throws Refusal `already_exists` */
export async function createKey(
  log: EventLog,
  actor: string,
  name: string,
): Promise<ResponseOf<typeof api.createKey>> {
  const secret = newSecret(KEY_PREFIX);
  const keyId = `key_${randomBytes(6).toString('hex')}`;
  return log.transaction(async ({ tx, now, append }) => {
    await refuseTakenName(tx, name);
    await append({ type: 'key.created', serverId: null, actor }, async () => {
      await tx
        .insertInto('api_keys')
        .values({
          key_id: keyId,
          name,
          role: 'admin',
          key_digest: digestOf(secret),
          created_at: now,
          created_by: actor,
          last_used_at: null,
        })
        .execute();
      return { key_id: keyId, name };
    });
    const row = await selectKeys(tx).where('key_id', '=', keyId).executeTakeFirstOrThrow();
    return { key: keyOf(row), secret };
  });
}

/** Names are compared without regard to case: people tell actions apart by them. */
async function refuseTakenName(tx: Store, name: string): Promise<void> {
  const known = await tx
    .selectFrom('api_keys')
    .select('name')
    .where((eb) => eb(eb.fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst();
  if (known)
    throw new Refusal('already_exists', `There is a key named ${known.name} already. Choose another name.`);
  if (name.toLowerCase() === HUB_NAME)
    throw new Refusal('already_exists', 'The hub signs what it does itself as hub. Choose another name.');
  if (name.toLowerCase() === CONSOLE_NAME)
    throw new Refusal(
      'already_exists',
      "What is done on the hub's machine is signed as console. Choose another name.",
    );
}

/**
 * Ends a key and every session that it opened.
 * @throws Refusal `not_found`; `forbidden` for the bootstrap key
 */
export async function revokeKey(log: EventLog, actor: string, keyId: string): Promise<void> {
  if (keyId === BOOTSTRAP_ID) {
    throw new Refusal(
      'forbidden',
      "The hub's first key cannot be revoked here, or nobody could sign in. Replace it on the hub's console: homelabcmd reset-admin",
    );
  }
  await log.transaction(async ({ tx, append }) => {
    const key = await selectKeys(tx).where('key_id', '=', keyId).executeTakeFirst();
    if (!key) throw new Refusal('not_found', 'There is no such key.');
    await append({ type: 'key.revoked', serverId: null, actor }, async () => {
      await tx.deleteFrom('api_keys').where('key_id', '=', keyId).execute();
      return { key_id: keyId, name: key.name };
    });
  });
}

const selectKeys = (db: Store) =>
  db.selectFrom('api_keys').select(['key_id', 'name', 'created_at', 'created_by', 'last_used_at']);

const keyOf = (row: Omit<ApiKey, 'is_bootstrap'>): ApiKey => ({
  ...row,
  is_bootstrap: row.key_id === BOOTSTRAP_ID,
});
