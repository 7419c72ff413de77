import type { Assertion, NewCredential } from '@homelabcmd/protocol';
import { z } from 'zod';
import type { Site } from './site.ts';

/** It knows every way in which a maker vouches for a device: all that is set up only where somebody uses a passkey. */
const library = () => import('@simplewebauthn/server');
const libraryParts = () => import('@simplewebauthn/server/helpers');

/** The kinds of keys that are taken (COSE): EdDSA, ES256, and RS256 for the chips of older computers. */
export const ALGORITHMS = [-8, -7, -257] as const;
/** Where a COSE key says of which kind it is. */
const COSE_ALG = 3;

const ClientData = z.object({ challenge: z.string(), crossOrigin: z.boolean().optional() });

/**
 * Which question this is the answer to. What a page inside another site's page has asked for is an answer to none.
 * @returns `null` for what no browser writes
 */
export function challengeIn({ response }: Assertion | NewCredential): string | null {
  try {
    const text = Buffer.from(response.clientDataJSON, 'base64url').toString('utf8');
    const { challenge, crossOrigin } = ClientData.parse(JSON.parse(text));
    return crossOrigin === true ? null : challenge;
  } catch {
    return null;
  }
}

export interface MadeKey {
  readonly credentialId: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  readonly algorithm: number;
  readonly signCount: number;
  readonly isSynced: boolean;
}

/** A key that a browser has made here and now, by somebody whom the device has looked at. @throws Error for anything else */
export async function verifyNew(credential: NewCredential, challenge: string, site: Site): Promise<MadeKey> {
  const { id, rawId, type } = credential;
  const { clientDataJSON, attestationObject } = credential.response;
  const { verifyRegistrationResponse } = await library();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId,
      type,
      response: { clientDataJSON, attestationObject },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  if (!verified || registrationInfo === undefined) throw new Error('The attestation is not good');
  // The browser's text is what is shown and looked for; what the authenticator signed is what counts.
  if (registrationInfo.credential.id !== id)
    throw new Error('It is another credential than the browser says');
  const { decodeCredentialPublicKey } = await libraryParts();
  const algorithm = decodeCredentialPublicKey(registrationInfo.credential.publicKey).get(COSE_ALG);
  if (typeof algorithm !== 'number') throw new Error('The key does not say of which kind it is');
  return {
    credentialId: id,
    publicKey: Buffer.from(registrationInfo.credential.publicKey).toString('base64url'),
    algorithm,
    signCount: registrationInfo.credential.counter,
    isSynced: registrationInfo.credentialBackedUp,
  };
}

export interface KnownKey {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly userId: string;
  readonly rpId: string;
}

/** That this key has signed this question at this place, with its person looked at. @throws Error when it has not */
export async function verifyAssertion(
  { id, rawId, type, response }: Assertion,
  key: KnownKey,
  challenge: string,
  site: Site,
): Promise<{ readonly signCount: number; readonly isSynced: boolean }> {
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response;
  if (key.rpId !== site.rpId) throw new Error('It is a key for another host');
  if (userHandle !== null && userHandle !== userHandleOf(key.userId))
    throw new Error('It is a key of somebody else');
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      ...{ id, rawId, type, clientExtensionResults: {} },
      response: { clientDataJSON, authenticatorData, signature },
    },
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
    // Counts are compared where they are written, so that of two answers at once one is the later.
    credential: { id: key.credentialId, publicKey: bytesOf(key.publicKey), counter: 0 },
  });
  if (!verified) throw new Error('The signature is not good');
  return { signCount: authenticationInfo.newCounter, isSynced: authenticationInfo.credentialBackedUp };
}

/** What a device keeps of whose key it is: the id, which tells nothing of the person. */
export const userHandleOf = (userId: string): string => Buffer.from(userId).toString('base64url');

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'));
