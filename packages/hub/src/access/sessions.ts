import { type Clock, nowOf, timestamp } from '../lib/clock.ts';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf, newSecret } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';

/** A session ends this long after sign-in, whatever happens. */
const SESSION_MS = 14 * 24 * 3_600_000;

export interface OpenedSession {
  /** The cookie's value; the store keeps only its digest. */
  readonly secret: string;
  readonly expiresAt: string;
}

/** @throws Refusal `unauthenticated` when the key was revoked a moment ago */
export async function openSession(db: Store, clock: Clock, principal: Principal): Promise<OpenedSession> {
  const secret = newSecret('hlcs');
  const expiresAt = timestamp(clock.nowMs() + SESSION_MS);
  await db.transaction().execute(async (tx) => {
    const key = await tx
      .selectFrom('api_keys')
      .select('key_id')
      .where('key_id', '=', principal.keyId)
      .executeTakeFirst();
    if (!key) throw new Refusal('unauthenticated', 'This key was revoked.');
    await tx
      .insertInto('sessions')
      .values({
        session_digest: digestOf(secret),
        key_id: principal.keyId,
        principal_name: principal.name,
        role: principal.role,
        created_at: nowOf(clock),
        expires_at: expiresAt,
      })
      .execute();
    await tx.deleteFrom('sessions').where('expires_at', '<', nowOf(clock)).execute();
  });
  return { secret, expiresAt };
}

/** Whose session this is and when it ends, or `null` when it is over or never was. */
export async function principalOfSession(
  db: Store,
  clock: Clock,
  secret: string,
): Promise<{ principal: Principal; expiresAt: string } | null> {
  const row = await db
    .selectFrom('sessions')
    .select(['key_id', 'principal_name', 'role', 'expires_at'])
    .where('session_digest', '=', digestOf(secret))
    .where('expires_at', '>', nowOf(clock))
    .executeTakeFirst();
  if (!row) return null;
  return {
    principal: { name: row.principal_name, role: row.role, keyId: row.key_id },
    expiresAt: row.expires_at,
  };
}

export async function closeSession(db: Store, secret: string): Promise<void> {
  await db.deleteFrom('sessions').where('session_digest', '=', digestOf(secret)).execute();
}
