import type { EventLog, LogTransaction } from '../events/log.ts';
import { type Clock, nowOf, timestamp } from '../lib/clock.ts';
import { digestOf, newSecret } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';

/** A token that nobody used is worth nothing after this. */
const TOKEN_MS = 3_600_000;
const TOKEN_PREFIX = 'hlce';
const CREDENTIAL_PREFIX = 'hlca';

export interface Enrolled {
  readonly serverId: string;
  /** A credential that was just made, to be given to the agent; `null` for an agent that has one. */
  readonly credential: string | null;
}

export interface EnrolmentToken {
  readonly server_id: string;
  readonly token: string;
  readonly expires_at: string;
}

/** Makes a one-time token for a server that exists. The token is shown once; the store keeps its digest. */
export async function makeEnrolmentToken(
  open: LogTransaction,
  actor: string,
  serverId: string,
): Promise<EnrolmentToken> {
  const token = newSecret(TOKEN_PREFIX);
  const digest = digestOf(token);
  const expiresAt = timestamp(Date.parse(open.now) + TOKEN_MS);
  await open.tx
    .insertInto('enrolment_tokens')
    .values({ token_digest: digest, server_id: serverId, created_at: open.now, expires_at: expiresAt })
    .execute();
  const detail = { token: nameOf(digest), expires_at: expiresAt };
  await open.audit({ verb: 'enrolment.made', actor, serverId, detail });
  return { server_id: serverId, token, expires_at: expiresAt };
}

/** By this the audit tells one token from another; it opens nothing. */
const nameOf = (digest: string): string => digest.slice(0, 12);

/**
 * Who an agent is, by the secret that it shows; `null` when the secret opens nothing. A token works until the agent
 * has shown the credential that it was given for it, so that an answer lost on the way does not shut the agent out;
 * each use of it makes a new credential and ends the one before.
 */
export async function admitAgent(
  db: Store,
  log: EventLog,
  clock: Clock,
  secret: string,
): Promise<Enrolled | null> {
  const digest = digestOf(secret);
  if (!secret.startsWith(`${TOKEN_PREFIX}_`)) return admitCredential(db, digest);
  return log.transaction(async ({ tx, now, audit }) => {
    const token = await tx
      .selectFrom('enrolment_tokens')
      .select('server_id')
      .where('token_digest', '=', digest)
      .where('expires_at', '>', nowOf(clock))
      .executeTakeFirst();
    if (!token) return null;
    const credential = newSecret(CREDENTIAL_PREFIX);
    const credentialDigest = digestOf(credential);
    await tx
      .insertInto('agent_credentials')
      .values({ server_id: token.server_id, credential_digest: credentialDigest, created_at: now })
      .onConflict((conflict) =>
        conflict.column('server_id').doUpdateSet({ credential_digest: credentialDigest, created_at: now }),
      )
      .execute();
    await audit({
      verb: 'enrolment.used',
      actor: `agent:${token.server_id}`,
      serverId: token.server_id,
      detail: { token: nameOf(digest) },
    });
    return { serverId: token.server_id, credential };
  });
}

async function admitCredential(db: Store, digest: string): Promise<Enrolled | null> {
  const row = await db
    .selectFrom('agent_credentials')
    .select(['server_id', 'created_at'])
    .where('credential_digest', '=', digest)
    .executeTakeFirst();
  if (!row) return null;
  // Later tokens stay: they are meant for an agent that is to take this one's place.
  await db
    .deleteFrom('enrolment_tokens')
    .where('server_id', '=', row.server_id)
    .where('created_at', '<=', row.created_at)
    .execute();
  return { serverId: row.server_id, credential: null };
}
