import { randomBytes } from 'node:crypto';
import { MAX_PASSKEYS, type Passkey } from '@homelabcmd/protocol';
import { publicKeyTextOfCose } from '@homelabcmd/protocol/approval';
import type { AuditNote } from '../../events/audit-trail.ts';
import type { EventLog, LogTransaction } from '../../events/log.ts';
import type { Principal } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import type { MadeKey } from './verify.ts';

/** A passkey with what its answers are verified by. */
export interface KeptPasskey {
  readonly passkeyId: string;
  readonly userId: string;
  readonly name: string;
  readonly credentialId: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  readonly algorithm: number;
  readonly signCount: number;
  readonly rpId: string;
  readonly transports: readonly string[];
  readonly isSynced: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** What somebody may sign in and prove themselves with, the oldest first; for one host, or all of them. */
export async function passkeysOf(db: Store, userId: string, rpId?: string): Promise<KeptPasskey[]> {
  const rows = await db
    .selectFrom('passkeys')
    .selectAll()
    .where('user_id', '=', userId)
    .$if(rpId !== undefined, (all) => all.where('rp_id', '=', rpId ?? ''))
    .orderBy('created_at')
    .orderBy('passkey_id')
    .execute();
  return rows.map(keptOf);
}

/** Whose it is that a browser answers with; `null` for one that this hub does not know. */
export async function passkeyOfCredential(db: Store, credentialId: string): Promise<KeptPasskey | null> {
  const row = await db
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
  return row ? keptOf(row) : null;
}

type Row = Awaited<ReturnType<typeof rowOf>>;
const rowOf = (db: Store) => db.selectFrom('passkeys').selectAll().executeTakeFirstOrThrow();

const keptOf = (row: Row): KeptPasskey => ({
  passkeyId: row.passkey_id,
  userId: row.user_id,
  name: row.name,
  credentialId: row.credential_id,
  publicKey: row.public_key,
  algorithm: row.algorithm,
  signCount: row.sign_count,
  rpId: row.rp_id,
  transports: JSON.parse(row.transports_json) as string[],
  isSynced: row.is_synced === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

/** As its owner sees it. */
export const passkeyView = (kept: KeptPasskey): Passkey => ({
  passkey_id: kept.passkeyId,
  name: kept.name,
  rp_id: kept.rpId,
  credential_id: kept.credentialId,
  approver_key: publicKeyTextOfCose(Buffer.from(kept.publicKey, 'base64url')),
  is_synced: kept.isSynced,
  created_at: kept.createdAt,
  last_used_at: kept.lastUsedAt,
});

/** @throws Refusal `forbidden` */
export function refuseMore(kept: readonly unknown[]): void {
  if (kept.length >= MAX_PASSKEYS)
    throw new Refusal(
      'forbidden',
      `You have ${MAX_PASSKEYS} passkeys. Remove one that you use no more first.`,
    );
}

interface NewPasskey extends MadeKey {
  readonly name: string;
  readonly rpId: string;
  readonly transports: readonly string[];
}

/** @throws Refusal `forbidden`, `already_exists` */
export function keepPasskey(log: EventLog, principal: Principal, made: NewPasskey): Promise<Passkey> {
  return log.transaction(async (open) => {
    const { tx, now } = open;
    refuseMore(await passkeysOf(tx, principal.id));
    if ((await passkeyOfCredential(tx, made.credentialId)) !== null)
      throw new Refusal('already_exists', 'This passkey is there already.');
    const passkeyId = `psk_${randomBytes(9).toString('base64url')}`;
    await tx
      .insertInto('passkeys')
      .values({
        passkey_id: passkeyId,
        user_id: principal.id,
        name: made.name,
        credential_id: made.credentialId,
        public_key: made.publicKey,
        algorithm: made.algorithm,
        sign_count: made.signCount,
        rp_id: made.rpId,
        transports_json: JSON.stringify(made.transports),
        is_synced: made.isSynced ? 1 : 0,
        created_at: now,
        last_used_at: null,
      })
      .execute();
    const kept = await ownPasskey(tx, principal, passkeyId);
    await note(open, principal, 'user.passkey_added', kept);
    return passkeyView(kept);
  });
}

/** @throws Refusal `not_found` */
export function renamePasskey(
  log: EventLog,
  principal: Principal,
  passkeyId: string,
  name: string,
): Promise<Passkey> {
  return log.transaction(async (open) => {
    await ownPasskey(open.tx, principal, passkeyId);
    await open.tx.updateTable('passkeys').set({ name }).where('passkey_id', '=', passkeyId).execute();
    const kept = await ownPasskey(open.tx, principal, passkeyId);
    await note(open, principal, 'user.passkey_renamed', kept);
    return passkeyView(kept);
  });
}

/** @throws Refusal `not_found` */
export async function removePasskey(log: EventLog, principal: Principal, passkeyId: string): Promise<void> {
  await log.transaction(async (open) => {
    const kept = await ownPasskey(open.tx, principal, passkeyId);
    await open.tx.deleteFrom('passkeys').where('passkey_id', '=', passkeyId).execute();
    await note(open, principal, 'user.passkey_removed', kept);
  });
}

/** To others, one that is not theirs is not there. */
async function ownPasskey(tx: Store, principal: Principal, passkeyId: string): Promise<KeptPasskey> {
  const kept = (await passkeysOf(tx, principal.id)).find((one) => one.passkeyId === passkeyId);
  if (kept === undefined) throw new Refusal('not_found', 'You have no such passkey.');
  return kept;
}

async function note(
  open: LogTransaction,
  { id, name }: Principal,
  verb: AuditNote['verb'],
  { passkeyId, name: passkey, rpId }: KeptPasskey,
): Promise<void> {
  await open.append({ type: 'user.changed', serverId: null, actor: name }, async () => ({
    user_id: id,
    name,
  }));
  const detail = { user_id: id, name, passkey_id: passkeyId, passkey, rp_id: rpId };
  await open.audit({ verb, actor: name, serverId: null, detail });
}
