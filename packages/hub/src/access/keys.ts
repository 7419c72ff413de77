import { randomBytes } from 'node:crypto';
import { type ApiKey, type BodyOf, type ResponseOf, Scope, type api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf, newSecret, sameDigest } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';
import { assertMayGrant } from './grant.ts';
import { CONSOLE_NAME, HUB_NAME, holderOf, takeName } from './names.ts';
import { scopesOf, textOfScopes } from './principal.ts';

/** The key that the hub began with. It may do everything, and is not asked who holds it: whoever has it runs the hub. */
export const BOOTSTRAP_ID = 'bootstrap';
/** What the bootstrap key signs with. */
const BOOTSTRAP_NAME = 'dashboard';
const KEY_PREFIX = 'hlck';

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
      scopes: textOfScopes(Scope.options),
      key_digest: digestOf(key),
      user_id: null,
      created_at: open.now,
      created_by: null,
      expires_at: null,
      last_used_at: null,
    })
    .execute();
  if ((await holderOf(open.tx, BOOTSTRAP_NAME)) === null) await takeNameOfBootstrap(open);
  const verb = Number(numDeletedRows) === 0 ? 'key.created' : 'key.replaced';
  const detail = { key_id: BOOTSTRAP_ID, name: BOOTSTRAP_NAME, by };
  await open.audit({ verb, actor, serverId: null, detail });
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

/** Before the key is there, so that nobody has the name; after an upgrade the name is known already. */
const takeNameOfBootstrap = (open: LogTransaction) =>
  open.tx.insertInto('signatures').values({ signature: BOOTSTRAP_NAME, person: BOOTSTRAP_NAME }).execute();

/**
 * Makes a key, of the person who asks, or of nobody where the asker is a key of nobody's. Its secret is in this answer and
 * nowhere else.
 * @throws Refusal `already_exists`; `forbidden` for what the one who asks may not do; `invalid` for an end that is past
 */
export async function createKey(
  log: EventLog,
  principal: Principal,
  { name, scopes, expires_at: expiresAt = null }: BodyOf<typeof api.createKey>,
): Promise<ResponseOf<typeof api.createKey>> {
  assertMayGrant(principal, scopes);
  const secret = newSecret(KEY_PREFIX);
  const keyId = `key_${randomBytes(6).toString('hex')}`;
  return log.transaction(async (open) => {
    const { tx, now, append } = open;
    if (expiresAt !== null && expiresAt <= now)
      throw new Refusal('invalid', 'expires_at: This time is past.', {
        errors: [{ path: 'expires_at', message: 'This time is past' }],
      });
    const owner = await ownerOf(tx, principal);
    await takeName(open, name, owner?.name ?? name);
    await append({ type: 'key.created', serverId: null, actor: principal.name }, async () => {
      await tx
        .insertInto('api_keys')
        .values({
          key_id: keyId,
          name,
          scopes: textOfScopes(scopes),
          key_digest: digestOf(secret),
          user_id: owner?.user_id ?? null,
          created_at: now,
          created_by: principal.name,
          expires_at: expiresAt,
          last_used_at: null,
        })
        .execute();
      return { key_id: keyId, name, scopes };
    });
    const row = await selectKeys(tx).where('key_id', '=', keyId).executeTakeFirstOrThrow();
    return { key: keyOf(row), secret };
  });
}

async function ownerOf(tx: Store, { userId }: Principal) {
  if (userId === null) return undefined;
  return tx.selectFrom('users').select(['user_id', 'name']).where('user_id', '=', userId).executeTakeFirst();
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
  db
    .selectFrom('api_keys')
    .select(['key_id', 'name', 'scopes', 'created_at', 'created_by', 'expires_at', 'last_used_at']);

type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeys>['executeTakeFirstOrThrow']>>;

const keyOf = (row: KeyRow): ApiKey => ({
  ...row,
  scopes: scopesOf(row.scopes),
  is_bootstrap: row.key_id === BOOTSTRAP_ID,
});
