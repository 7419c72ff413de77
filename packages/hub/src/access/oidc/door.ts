import type { EventLog } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller, OpenedSession } from '../sessions/sessions.ts';
import type { SignIn } from '../sessions/sign-in.ts';
import { Journeys } from './journeys.ts';
import { personSeen } from './people.ts';
import { type OidcProvider } from './provider.ts';

/** What came of a way to the provider and back. */
export type Arrived =
  | { readonly opened: OpenedSession }
  /** Somebody who is signed in has proved themselves again. */
  | { readonly provedUserId: string };

/** The way in by a single sign-on; without a provider every way is `not_found`. */
export function oidcDoor(
  provider: OidcProvider | null,
  { log, clock, signIn }: { log: EventLog; clock: Clock; signIn: SignIn },
) {
  const journeys = new Journeys(clock);
  return {
    oidcLabel: provider?.settings.label ?? null,

    /** @returns where to send the browser, and the word for its cookie */
    async beginOidc(redirectUri: string, purpose: 'sign_in' | 'proof') {
      if (provider === null) throw none();
      const { url, journey } = await provider.begin(redirectUri, purpose === 'proof');
      return { url, word: journeys.begin(journey) };
    },

    /** @throws Refusal `unauthenticated`, `already_exists`, `unavailable`, `too_many` */
    async finishOidc(search: string, word: string | undefined, caller: Caller): Promise<Arrived> {
      if (provider === null) throw none();
      signIn.throttle.refuseTooMany(caller.address, null);
      try {
        const journey = journeys.take(search, word);
        const seen = await provider.finish(journey, search);
        return await log.transaction(async (open) => {
          const { userId, name } = await personSeen(open, seen);
          if (journey.isFresh) return { provedUserId: userId };
          return { opened: await signIn.open(open, { userId }, name, caller) };
        });
      } catch (error) {
        if (error instanceof Refusal && error.code === 'unauthenticated')
          signIn.throttle.failed(caller.address, null);
        throw error;
      }
    },
  };
}

const none = () =>
  new Refusal('not_found', 'This hub has no single sign-on: HOMELABCMD_OIDC_ISSUER is not set.');
