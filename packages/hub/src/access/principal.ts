import { type Role, SCOPES_OF_ROLE, Scope } from '@homelabcmd/protocol';
import type { Principal } from '../lib/handler.ts';
import { digestOf } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

interface KeyRow {
  readonly key_id: string;
  readonly name: string;
  readonly scopes: string;
  readonly expires_at: string | null;
  readonly user_id: string | null;
  readonly role: Role | null;
  readonly disabled_at: string | null;
}

const selectKey = (db: Store) =>
  db
    .selectFrom('api_keys')
    .leftJoin('users', 'users.user_id', 'api_keys.user_id')
    .select([
      'api_keys.key_id',
      'api_keys.name',
      'api_keys.scopes',
      'api_keys.expires_at',
      'api_keys.user_id',
      'users.role',
      'users.disabled_at',
    ]);

const keyOfDigest = statement<{ digest: string }, KeyRow>((db, { digest }) =>
  selectKey(db).where('key_digest', '=', digest),
);
const keyOfId = statement<{ keyId: string }, KeyRow>((db, { keyId }) =>
  selectKey(db).where('key_id', '=', keyId),
);

/** Whose key this is, or `null`. The look-up is by digest, so its time says nothing of the key. */
export async function principalOfKey(db: Store, now: string, key: string): Promise<Principal | null> {
  const [row] = (await keyOfDigest(db, { digest: digestOf(key) })).rows;
  return row ? principalOfRow(row, now) : null;
}

/** What a key may do now, by its id; `null` when it opens nothing any more. */
export async function principalOf(db: Store, now: string, keyId: string): Promise<Principal | null> {
  const [row] = (await keyOfId(db, { keyId })).rows;
  return row ? principalOfRow(row, now) : null;
}

/** A person's key may do what it was granted, as long as the person may. */
function principalOfRow(row: KeyRow, now: string): Principal | null {
  const { key_id: id, name, user_id: userId, role, disabled_at, expires_at } = row;
  if (disabled_at !== null || (expires_at !== null && expires_at <= now)) return null;
  const granted = scopesOf(row.scopes);
  const ofPerson: readonly Scope[] | null = role === null ? null : SCOPES_OF_ROLE[role];
  const scopes = granted.filter((scope) => ofPerson?.includes(scope) ?? true);
  return { id, userId, name, kind: 'key', role: null, scopes };
}

/** As the store keeps them: words with spaces between. */
export const scopesOf = (text: string): Scope[] =>
  Scope.options.filter((scope) => text.split(' ').includes(scope));
export const textOfScopes = (scopes: readonly Scope[]): string =>
  Scope.options.filter((scope) => scopes.includes(scope)).join(' ');
