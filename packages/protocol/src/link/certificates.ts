import { createHash, X509Certificate } from 'node:crypto';

/** Where a hub serves the certificate of the authority that its own is from, as PEM. Nothing in it is secret. */
export const AUTHORITY_PATH = '/agent/v1/authority.pem';

const FINGERPRINT_BYTES = 16;

/** 128 bits of the digest of the key that a certificate is of: another certificate of the same key has the same. */
export const certificateFingerprint = (pem: string): string =>
  keyDigest(pem).subarray(0, FINGERPRINT_BYTES).toString('base64url');

/** The same digest whole, in the form in which curl and wget take it: `sha256//…`. */
export const keyPinOf = (pem: string): string => `sha256//${keyDigest(pem).toString('base64')}`;

/** @throws when it is no certificate */
const keyDigest = (pem: string): Buffer =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
