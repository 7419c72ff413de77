import type { BodyOf, api } from '@homelabcmd/protocol';
import { nowOf } from '../lib/clock.ts';
import { outgoing } from '../lib/outgoing/ask.ts';
import { asListed } from '../lib/outgoing/permit.ts';
import { KeyUse } from './key-use.ts';
import { oidcDoor } from './oidc/door.ts';
import { OidcProvider, type OidcSettings } from './oidc/provider.ts';
import { passkeyDoor } from './passkeys/door.ts';
import { acceptInvitation } from './people/account.ts';
import type { FirstAccount } from './people/first-account.ts';
import { meansOf } from './people/users.ts';
import { principalOfKey } from './principal.ts';
import {
  type Caller,
  type OpenedSession,
  lookAtSession,
  recordProof,
  sessionOf,
} from './sessions/sessions.ts';
import { SignIn, type SignInParts } from './sessions/sign-in.ts';

interface OfDoor {
  readonly oidc: OidcSettings | null;
  readonly publicUrl: string | null;
  /** Hosts that the hub may ask by itself, beyond the internet. */
  readonly outgoingHosts: readonly string[];
}

/** The ways in for people and programs, with each use of a key written down. */
export function doorOf(parts: SignInParts, first: FirstAccount, { oidc, publicUrl, outgoingHosts }: OfDoor) {
  const { db, log, clock, logger } = parts;
  const use = new KeyUse(db, clock, logger);
  const signIn = new SignIn(parts);
  const provider =
    oidc === null
      ? null
      : new OidcProvider(
          oidc,
          outgoing({
            // Who names a provider wants it to be asked.
            listed: [...outgoingHosts, asListed(oidc.issuer)],
            refused: (sentence) => logger.warn({ problem: sentence }, 'the single sign-on was not asked'),
          }),
        );
  return {
    ...oidcDoor(provider, { log, clock, signIn }),
    ...passkeyDoor(parts, signIn, publicUrl),
    meansOf: (userId: string, host: string | null) => meansOf(db, userId, host),
    /** Nobody has an account yet. */
    isToSetUp: () => first.isToCome,
    async principalOfKey(key: string) {
      const principal = await principalOfKey(db, nowOf(clock), key);
      if (principal) await use.record(principal.id);
      return principal;
    },
    async sessionOf(secret: string) {
      const session = await sessionOf(db, clock, secret);
      if (session?.principal.kind === 'key') await use.record(session.principal.id);
      return session;
    },
    /** Who holds a key or a session now, for what they have open; to be looked at is no use of it. */
    lookAtKey: (key: string) => principalOfKey(db, nowOf(clock), key),
    lookAtSession: async (secret: string) => (await lookAtSession(db, clock, secret))?.principal ?? null,
    signIn: (body: BodyOf<typeof api.signIn>, caller: Caller): Promise<OpenedSession> =>
      'api_key' in body ? signIn.byKey(body.api_key.trim(), caller) : signIn.byName(body, caller),
    prove: signIn.again.bind(signIn),
    recordProof: (sessionId: string) => recordProof(db, clock, sessionId),
    async setUp(body: BodyOf<typeof api.setUp>, caller: Caller): Promise<OpenedSession> {
      signIn.throttle.refuseTooMany(caller.address, null);
      return opened((keep) =>
        first.make(log.transaction.bind(log), body, async (open, userId) => {
          keep(await signIn.open(open, { userId }, body.name, caller));
        }),
      ).catch(failedTo(signIn, caller));
    },
    async acceptInvitation(
      body: BodyOf<typeof api.acceptInvitation>,
      caller: Caller,
    ): Promise<OpenedSession> {
      signIn.throttle.refuseTooMany(caller.address, null);
      return opened((keep) =>
        acceptInvitation(log, body, async (open, { userId, name }) => {
          keep(await signIn.open(open, { userId }, name, caller));
        }),
      ).catch(failedTo(signIn, caller));
    },
  };
}

/** Guessing a token is as slow as guessing a password. */
const failedTo =
  ({ throttle }: SignIn, caller: Caller) =>
  (error: unknown): never => {
    throttle.failed(caller.address, null);
    throw error;
  };

/** The session that a transaction opened, once that is committed. */
async function opened(
  work: (keep: (session: OpenedSession) => void) => Promise<void>,
): Promise<OpenedSession> {
  let session: OpenedSession | null = null;
  await work((made) => {
    session = made;
  });
  if (session === null) throw new Error('Nothing opened a session');
  return session;
}
