import type { api, BodyOf, CreationOptions } from '@homelabcmd/protocol';
import type { EventLog } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Handlers, Principal } from '../../lib/handler.ts';
import type { Logger } from '../../lib/log.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { ANSWERED_WITHIN_MS, Challenges } from './challenges.ts';
import {
  keepPasskey,
  type KeptPasskey,
  passkeysOf,
  passkeyView,
  refuseMore,
  removePasskey,
  renamePasskey,
} from './keeping.ts';
import { type Site, siteOf } from './site.ts';
import { ALGORITHMS, challengeIn, type MadeKey, userHandleOf, verifyNew } from './verify.ts';

type Routes = Pick<
  typeof api,
  'listPasskeys' | 'beginPasskey' | 'addPasskey' | 'renamePasskey' | 'removePasskey'
>;

export interface PasskeyParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publicUrl: string | null;
}

/** What people do with their own passkeys. */
export function passkeyHandlers({ db, log, clock, logger, publicUrl }: PasskeyParts): Handlers<Routes> {
  const registrations = new Challenges(clock);

  const made = async (
    { credential }: BodyOf<typeof api.addPasskey>,
    sessionId: string | null,
  ): Promise<MadeKey & { rpId: string }> => {
    const challenge = challengeIn(credential) ?? '';
    const site = registrations.take(challenge, sessionId);
    if (site === null) throw notMade();
    try {
      return { ...(await verifyNew(credential, challenge, site)), rpId: site.rpId };
    } catch (cause) {
      logger.warn({ why: cause instanceof Error ? cause.message : String(cause) }, 'a passkey was not taken');
      throw notMade();
    }
  };

  return {
    listPasskeys: async ({ principal }) => ({
      passkeys: (await passkeysOf(db, principal.id)).map(passkeyView),
    }),
    beginPasskey: async ({ principal, session, origin }) => {
      const site = siteOf(origin, publicUrl);
      const kept = await passkeysOf(db, principal.id);
      refuseMore(kept);
      return creationOf(registrations.begin(site, session?.sessionId ?? null), site, principal, kept);
    },
    addPasskey: async ({ body, principal, session, from }) => {
      const { transports = [] } = body.credential.response;
      const key = await made(body, session?.sessionId ?? null);
      return keepPasskey(log.from(from), principal, { ...key, name: body.name, transports });
    },
    renamePasskey: ({ params, body, principal, from }) =>
      renamePasskey(log.from(from), principal, params.passkey_id, body.name),
    removePasskey: async ({ params, principal, from }) => {
      await removePasskey(log.from(from), principal, params.passkey_id);
      return null;
    },
  };
}

const notMade = () =>
  new Refusal('forbidden', 'This passkey was not made for what was asked, or too late. Begin again.');

/** It is kept by the device that makes it, so that nobody types a name, and it looks at who is there each time. */
function creationOf(
  challenge: string,
  site: Site,
  { id, name }: Principal,
  kept: readonly KeptPasskey[],
): CreationOptions {
  return {
    challenge,
    rp: { id: site.rpId, name: 'HomelabCmd' },
    user: { id: userHandleOf(id), name, displayName: name },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: ANSWERED_WITHIN_MS,
    attestation: 'none',
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    excludeCredentials: kept
      .filter(({ rpId }) => rpId === site.rpId)
      .map(({ credentialId, transports }) => ({
        type: 'public-key',
        id: credentialId,
        transports: [...transports],
      })),
  };
}
