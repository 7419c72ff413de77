import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret with 256 bits from the system's random source, behind a prefix that says what it opens. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

/** What the store keeps of a secret. The secrets are long and random, so a plain digest cannot be searched backwards. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two digests in a time that does not depend on where they differ. */
export function sameDigest(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
