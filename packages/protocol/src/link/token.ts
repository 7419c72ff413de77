import { randomBytes } from 'node:crypto';
import { type KeyPair, fingerprintOf, keyPairFromSeed } from './keys.ts';

/**
 * The text with which an agent enrols: `hlce_<secret>_<fingerprint of the hub's key>`, and where the hub's certificate is from an
 * authority that nobody else knows, `_<fingerprint of that authority's key>`. The secret is the seed of a key, which
 * signs and is never shown: the hub keeps the public half, and whoever listens learns nothing. The fingerprints say
 * which hub may be answered at all, so that no first connection is a matter of trust.
 */
export interface EnrolmentKey {
  /** Signs, in the place of the secret. */
  readonly key: KeyPair;
  /** Of the key of the hub that made it. */
  readonly hubFingerprint: string;
  /** Of the authority from which alone the hub's certificate may be; `null` where every authority will do that the server knows. */
  readonly authorityFingerprint: string | null;
}

const TOKEN = /^hlce_([\w-]{43})_([\w-]{22})(?:_([\w-]{22}))?$/;
const SEED_BYTES = 32;

/** A new one, with 256 bits from the system's random source. */
export function newEnrolmentToken(
  hubPublicKey: string,
  authorityFingerprint: string | null = null,
): {
  readonly text: string;
  readonly publicKey: string;
} {
  const seed = randomBytes(SEED_BYTES);
  const parts = ['hlce', seed.toString('base64url'), fingerprintOf(hubPublicKey)];
  return {
    text: [...parts, ...(authorityFingerprint === null ? [] : [authorityFingerprint])].join('_'),
    publicKey: keyPairFromSeed(seed).publicKey,
  };
}

/** What the text of a token says; `null` when it is none. */
export function readEnrolmentToken(text: string): EnrolmentKey | null {
  const [, secret = '', hubFingerprint = '', authorityFingerprint = null] = TOKEN.exec(text) ?? [];
  const seed = Buffer.from(secret, 'base64url');
  if (seed.length !== SEED_BYTES) return null;
  return { key: keyPairFromSeed(seed), hubFingerprint, authorityFingerprint };
}
