import { newEnrolmentToken } from '@homelabcmd/protocol/link';
import type { LogTransaction } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { digestOf } from '../lib/secrets.ts';
import type { Store } from '../store/schema.ts';

/** A token that nobody used is worth nothing after this. */
const TOKEN_MS = 3_600_000;

export interface EnrolmentToken {
  readonly server_id: string;
  readonly token: string;
  readonly expires_at: string;
}

/** By what an agent knows its hub. */
export interface HubMarks {
  /** The hub's public key. */
  readonly hubKey: string;
  /** Of the one authority that its certificate is from; `null` where servers know that one anyway. */
  readonly authorityFingerprint: string | null;
}

/**
 * Makes a one-time token for a server that exists. It is shown once; the store keeps the digest of its public half, with which
 * nobody can enrol.
 * @param marks by what the agent will know this hub
 */
export async function makeEnrolmentToken(
  open: LogTransaction,
  actor: string,
  serverId: string,
  marks: HubMarks,
): Promise<EnrolmentToken> {
  const { text, publicKey } = newEnrolmentToken(marks.hubKey, marks.authorityFingerprint);
  const digest = digestOf(publicKey);
  const expiresAt = timestamp(Date.parse(open.now) + TOKEN_MS);
  await open.tx
    .insertInto('enrolment_tokens')
    .values({ token_digest: digest, server_id: serverId, created_at: open.now, expires_at: expiresAt })
    .execute();
  const detail = { token: nameOf(digest), expires_at: expiresAt };
  await open.audit({ verb: 'enrolment.made', actor, serverId, detail });
  return { server_id: serverId, token: text, expires_at: expiresAt };
}

/** The server that a token is for, in time or too late; `null` when there is no such token any more. */
export async function serverOfToken(db: Store, tokenKey: string): Promise<string | null> {
  const row = await db
    .selectFrom('enrolment_tokens')
    .select('server_id')
    .where('token_digest', '=', digestOf(tokenKey))
    .executeTakeFirst();
  return row?.server_id ?? null;
}

/** Uses a token up. @returns its name; `null` when it opens nothing, or nothing any more */
export async function takeToken(open: LogTransaction, tokenKey: string, now: string): Promise<string | null> {
  const digest = digestOf(tokenKey);
  const taken = await open.tx
    .deleteFrom('enrolment_tokens')
    .where('token_digest', '=', digest)
    .where('expires_at', '>', now)
    .returning('server_id')
    .executeTakeFirst();
  if (taken === undefined) return null;
  // Of those that were made for this server before, none is waited for any more.
  await open.tx.deleteFrom('enrolment_tokens').where('server_id', '=', taken.server_id).execute();
  return nameOf(digest);
}

/** By this the audit tells one token from another; it opens nothing. */
const nameOf = (digest: string): string => digest.slice(0, 12);
