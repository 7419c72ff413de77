import type { Assertion, RequestOptions } from '@homelabcmd/protocol';
import type { LogTransaction } from '../../events/log.ts';
import type { Principal, SessionOfCall } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import { type Caller, type OpenedSession, recordProof } from '../sessions/sessions.ts';
import type { SignIn, SignInParts } from '../sessions/sign-in.ts';
import { countUse, passkeyAnswers, type Signed } from './answers.ts';
import { ANSWERED_WITHIN_MS, Challenges } from './challenges.ts';
import { type KeptPasskey, passkeysOf } from './keeping.ts';
import { siteOf } from './site.ts';

/** Somebody who is signed in, in one browser. */
interface Inside {
  readonly principal: Principal;
  readonly session: SessionOfCall;
}

/** The way in by a passkey, and the proof by one. Each takes what a person has and who they are, so no code is asked for after it. */
export function passkeyDoor(parts: SignInParts, signIn: SignIn, publicUrl: string | null) {
  const { db, log, clock } = parts;
  const { whoSigned, failed } = passkeyAnswers(parts, signIn.throttle);
  const [signIns, proofs] = [new Challenges(clock), new Challenges(clock)];

  return {
    /** @throws Refusal `not_found` where no passkey can be used, `too_many` */
    async beginPasskeySignIn(origin: string, caller: Caller): Promise<RequestOptions> {
      signIn.throttle.refuseTooMany(caller.address, null);
      const site = siteOf(origin, publicUrl);
      return requestOf(signIns.begin(site, null), site.rpId, []);
    },

    /** @throws Refusal `unauthenticated`, `too_many` */
    async finishPasskeySignIn(credential: Assertion, caller: Caller): Promise<OpenedSession> {
      try {
        const wanted = { book: signIns, sessionId: null, principal: null };
        const signed = await whoSigned(credential, wanted, caller);
        const { kept, userName } = signed;
        const by = { passkey_id: kept.passkeyId, passkey: kept.name };
        const opened = await log.transaction(async (open) => {
          const isGood = (await mayComeIn(open, signed)) && (await countUse(open, signed));
          return isGood ? signIn.open(open, { userId: kept.userId }, userName, caller, by) : null;
        });
        if (opened === null) throw failed(caller, userName, 'they, or it, may not come in any more');
        return opened;
      } catch (error) {
        throw atTheDoor(error);
      }
    },

    /** @throws Refusal `not_found` for who has no passkey here */
    async beginPasskeyProof({ principal, session }: Inside, origin: string): Promise<RequestOptions> {
      const site = siteOf(origin, publicUrl);
      const own = await passkeysOf(db, principal.id, site.rpId);
      if (own.length === 0) throw new Refusal('not_found', `You have no passkey for ${site.rpId}.`);
      return requestOf(proofs.begin(site, session.sessionId), site.rpId, own);
    },

    /** @returns when it was proved; @throws Refusal `forbidden`, `too_many` */
    async finishPasskeyProof(
      { principal, session: { sessionId } }: Inside,
      credential: Assertion,
      caller: Caller,
    ): Promise<string> {
      const signed = await whoSigned(credential, { book: proofs, sessionId, principal }, caller);
      if (!(await log.transaction((open) => countUse(open, signed))))
        throw failed(caller, principal.name, 'it has signed elsewhere, or is gone');
      return recordProof(db, clock, sessionId);
    },
  };
}

/**
 * Whether its owner may come in, as they are now.
 * @throws Refusal `forbidden` for who comes in by the single sign-on alone: their provider says at each sign-in whether they
 * still may, and as what, and nothing here may stand in for it
 */
async function mayComeIn({ tx }: LogTransaction, { kept }: Signed): Promise<boolean> {
  const owner = await tx
    .selectFrom('users')
    .select('password_hash')
    .where('user_id', '=', kept.userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (owner?.password_hash === null)
    throw new Refusal(
      'forbidden',
      'You come in by the single sign-on. Once you are in, this passkey proves that it is you.',
    );
  return owner !== undefined;
}

/** Who is not let in is nobody yet. */
const atTheDoor = (error: unknown): unknown =>
  error instanceof Refusal && error.code === 'forbidden'
    ? new Refusal('unauthenticated', error.message)
    : error;

const requestOf = (challenge: string, rpId: string, allowed: readonly KeptPasskey[]): RequestOptions => ({
  challenge,
  rpId,
  timeout: ANSWERED_WITHIN_MS,
  userVerification: 'required',
  allowCredentials: allowed.map(({ credentialId, transports }) => ({
    type: 'public-key',
    id: credentialId,
    transports: [...transports],
  })),
});
