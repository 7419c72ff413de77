import type { Assertion } from '@homelabcmd/protocol';
import type { LogTransaction } from '../../events/log.ts';
import type { Principal } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import type { Caller } from '../sessions/sessions.ts';
import type { SignInParts } from '../sessions/sign-in.ts';
import type { Throttle } from '../sessions/throttle.ts';
import type { Challenges } from './challenges.ts';
import { type KeptPasskey, passkeyOfCredential } from './keeping.ts';
import { challengeIn, verifyAssertion } from './verify.ts';

export interface Signed {
  readonly kept: KeptPasskey;
  readonly userName: string;
  readonly signCount: number;
  readonly isSynced: boolean;
}

/** Which answer is looked for: to which question, of whom. */
interface Wanted {
  readonly book: Challenges;
  readonly sessionId: string | null;
  /** `null`: of anybody. */
  readonly principal: Principal | null;
}

/** Looks at what browsers answer with a passkey. Guessing at it is as slow as guessing a password. */
export function passkeyAnswers({ db, logger }: SignInParts, throttle: Throttle) {
  /** One sentence for all: a stranger does not learn which passkeys are known. */
  function failed(caller: Caller, name: string | null, why: string): Refusal {
    throttle.failed(caller.address, name);
    logger.warn({ address: caller.address, name, why }, 'somebody could not prove by a passkey who they are');
    return new Refusal(
      'forbidden',
      'This passkey opens nothing here, or this is no answer to what was asked. Begin again.',
    );
  }

  return {
    failed,

    /** Whose passkey has answered, by its signature alone. @throws Refusal `forbidden`, `too_many` */
    async whoSigned(credential: Assertion, wanted: Wanted, caller: Caller): Promise<Signed> {
      const { book, sessionId, principal } = wanted;
      const name = principal?.name ?? null;
      throttle.refuseTooMany(caller.address, name);
      const challenge = challengeIn(credential) ?? '';
      const site = book.take(challenge, sessionId);
      if (site === null) throw failed(caller, name, 'nobody asked for this answer, or too long ago');
      const kept = await passkeyOfCredential(db, credential.id);
      const userName = kept === null ? null : await nameOf(db, kept.userId);
      const isTheirs = kept !== null && (principal === null || kept.userId === principal.id);
      if (!isTheirs || userName === null) throw failed(caller, name, 'it is not one of theirs');
      throttle.refuseTooMany(caller.address, userName);
      try {
        return { kept, userName, ...(await verifyAssertion(credential, kept, challenge, site)) };
      } catch (cause) {
        throw failed(caller, userName, cause instanceof Error ? cause.message : String(cause));
      }
    },
  };
}

/**
 * Writes down that a passkey was used. A count that did not go on says that there is another copy of the key: that is refused,
 * and on the record.
 * @returns whether it is good
 */
export async function countUse({ tx, now, audit }: LogTransaction, signed: Signed): Promise<boolean> {
  const { kept, userName, signCount, isSynced } = signed;
  const { numUpdatedRows } = await tx
    .updateTable('passkeys')
    .set({ sign_count: signCount, is_synced: isSynced ? 1 : 0, last_used_at: now })
    .where('passkey_id', '=', kept.passkeyId)
    .where('sign_count', signCount === 0 ? '=' : '<', signCount)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  const there = await passkeyOfCredential(tx, kept.credentialId);
  // Somebody has removed it since it was looked at.
  if (there === null) return false;
  const detail = {
    ...{ user_id: kept.userId, name: userName, passkey_id: kept.passkeyId, passkey: kept.name },
    ...{ count: signCount, count_before: there.signCount },
  };
  await audit({ verb: 'user.passkey_refused', actor: userName, serverId: null, detail });
  return false;
}

async function nameOf(db: Store, userId: string): Promise<string | null> {
  const row = await db.selectFrom('users').select('name').where('user_id', '=', userId).executeTakeFirst();
  return row?.name ?? null;
}
