import { randomBytes } from 'node:crypto';
import { type Role, SCOPES_OF_ROLE } from '@homelabcmd/protocol';
import { type Clock, nowOf, timestamp } from '../../lib/clock.ts';
import type { Principal, SessionOfCall } from '../../lib/handler.ts';
import { digestOf, newSecret } from '../../lib/secrets.ts';
import type { Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import { principalOf } from '../principal.ts';

/** A session ends this long after sign-in, whatever happens. */
const LONGEST_MS = 14 * 24 * 3_600_000;
/** And when nobody has used it for this long. */
export const IDLE_MS = 3 * 24 * 3_600_000;
/** The last use is known to this, so that not every request writes. */
const WRITTEN_EVERY_MS = 60_000;

/** Who signs in: a person, or a key that was shown. */
export type Owner = { readonly userId: string } | { readonly keyId: string };

/** From where: for the list of sessions, and for the record. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

export interface OpenedSession {
  /** The cookie's value; the store keeps only its digest. */
  readonly secret: string;
  readonly sessionId: string;
  readonly expiresAt: string;
}

export interface SignedInSession extends SessionOfCall {
  readonly principal: Principal;
}

/** Opens a session in the transaction that has made sure who it is for. */
export async function openSession(
  tx: Store,
  now: string,
  owner: Owner,
  caller: Caller,
): Promise<OpenedSession> {
  const secret = newSecret('hlcs');
  const sessionId = `ses_${randomBytes(9).toString('base64url')}`;
  const expiresAt = timestamp(Date.parse(now) + LONGEST_MS);
  await tx
    .insertInto('sessions')
    .values({
      session_id: sessionId,
      session_digest: digestOf(secret),
      user_id: 'userId' in owner ? owner.userId : null,
      key_id: 'keyId' in owner ? owner.keyId : null,
      created_at: now,
      expires_at: expiresAt,
      last_used_at: now,
      proved_at: now,
      address: caller.address,
      user_agent: caller.userAgent.slice(0, 300),
    })
    .execute();
  await tx.deleteFrom('sessions').where('expires_at', '<', now).execute();
  await tx
    .deleteFrom('sessions')
    .where('last_used_at', '<', timestamp(Date.parse(now) - IDLE_MS))
    .execute();
  return { secret, sessionId, expiresAt };
}

interface SessionRow {
  readonly session_id: string;
  readonly expires_at: string;
  readonly last_used_at: string;
  readonly proved_at: string;
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly role: Role | null;
  readonly disabled_at: string | null;
  readonly key_id: string | null;
}

const sessionOfDigest = statement<{ digest: string }, SessionRow>((db, { digest }) =>
  db
    .selectFrom('sessions')
    .leftJoin('users', 'users.user_id', 'sessions.user_id')
    .select([
      'sessions.session_id',
      'sessions.expires_at',
      'sessions.last_used_at',
      'sessions.proved_at',
      'sessions.user_id',
      'users.name as user_name',
      'users.role',
      'users.disabled_at',
      'sessions.key_id',
    ])
    .where('sessions.session_digest', '=', digest),
);

/** Whose session this is, as they are now, or `null` when it is over or never was. Being asked for counts as use. */
export async function sessionOf(db: Store, clock: Clock, secret: string): Promise<SignedInSession | null> {
  const session = await lookAtSession(db, clock, secret);
  if (session !== null && Math.abs(clock.nowMs() - Date.parse(session.lastUsedAt)) >= WRITTEN_EVERY_MS)
    await recordUse(db, clock, session.sessionId);
  return session;
}

/** The same for who only looks whether it is still open. */
export async function lookAtSession(
  db: Store,
  clock: Clock,
  secret: string,
): Promise<(SignedInSession & { readonly lastUsedAt: string }) | null> {
  const [row] = (await sessionOfDigest(db, { digest: digestOf(secret) })).rows;
  const nowMs = clock.nowMs();
  if (!row || row.expires_at <= timestamp(nowMs) || row.last_used_at <= timestamp(nowMs - IDLE_MS))
    return null;
  const principal = row.key_id === null ? personOf(row) : await principalOf(db, timestamp(nowMs), row.key_id);
  if (principal === null) return null;
  const { session_id: sessionId, expires_at: expiresAt, proved_at: provedAt, last_used_at: lastUsedAt } = row;
  return { principal, sessionId, expiresAt, provedAt, lastUsedAt };
}

function personOf({ user_id, user_name, role, disabled_at }: SessionRow): Principal | null {
  if (user_id === null || user_name === null || role === null || disabled_at !== null) return null;
  return {
    id: user_id,
    userId: user_id,
    name: user_name,
    kind: 'person',
    role,
    scopes: SCOPES_OF_ROLE[role],
  };
}

/** With a full disk people must still be able to look, so that this cannot be written hinders nobody. */
async function recordUse(db: Store, clock: Clock, sessionId: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: nowOf(clock) })
    .where('session_id', '=', sessionId)
    .execute()
    .catch(() => {});
}

/** Whoever holds this session has proved just now who they are. */
export async function recordProof(db: Store, clock: Clock, sessionId: string): Promise<string> {
  const provedAt = nowOf(clock);
  await db.updateTable('sessions').set({ proved_at: provedAt }).where('session_id', '=', sessionId).execute();
  return provedAt;
}
