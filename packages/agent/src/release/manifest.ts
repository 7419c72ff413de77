import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Names of a folder's own files: no path, and nothing that a shell or a terminal would take for something else. */
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9@._-]{0,99}$/);

/**
 * `release.json`: what belongs to one release of the agent. Its bytes are signed as they stand, with Ed25519, so that
 * `openssl pkeyutl -verify -rawin` says of it what is said here.
 */
const Release = z.object({
  product: z.literal('homelabcmd-agent'),
  version: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/),
  released_at: z.iso.datetime(),
  files: z.record(
    FileName,
    z.object({ sha256: Digest, bytes: z.int().nonnegative(), unpacked_sha256: Digest.optional() }),
  ),
});
export type Release = z.infer<typeof Release>;

/** Not a release that may be installed here; the message says why, for the person at the terminal. */
export class NotAccepted extends Error {}

/** @throws NotAccepted when it is not the public key of a release */
export function readReleaseKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519' && !pem.includes('PRIVATE')) return key;
  } catch {
    // The sentence below is for both.
  }
  throw new NotAccepted('The release key is no public Ed25519 key.');
}

/** How people compare it: SHA-256 over the key as DER, in hexadecimal. */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * The release in these bytes. Nothing is read of them before the signature over all of them has been found good.
 * @throws NotAccepted
 */
export function readSignedRelease(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): Release {
  if (signature.length !== 64 || !verify(null, bytes, key, signature))
    throw new NotAccepted(
      `The signature of this release is not by the release key ${fingerprintOf(key).slice(0, 16)}….`,
    );
  return readRelease(bytes);
}

/** @throws NotAccepted */
export function readRelease(bytes: Uint8Array): Release {
  try {
    return Release.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    throw new NotAccepted('release.json is not what a release says of itself.');
  }
}

/** @throws NotAccepted when the file is not the one that the release means */
export function checkFile(release: Release, name: string, bytes: Uint8Array): void {
  const meant = Object.hasOwn(release.files, name) ? release.files[name] : undefined;
  if (meant === undefined) throw new NotAccepted(`This release has no ${name}.`);
  if (createHash('sha256').update(bytes).digest('hex') !== meant.sha256)
    throw new NotAccepted(
      `${name} is not the one that the release names: it arrived broken, or was changed.`,
    );
}

/** Where a release stands beside another one. */
export type Age = 'older' | 'same' | 'newer';

/**
 * By its time and by its number: a later fix of an earlier line (0.9.5 after 1.0.0) is older too, since what 1.0.0 mended
 * may be open in it.
 */
export function ageBeside(release: Release, installed: Release): Age {
  const byTime = Math.sign(Date.parse(release.released_at) - Date.parse(installed.released_at));
  const byNumber = compareNumbers(release.version, installed.version);
  if (byTime < 0 || byNumber < 0) return 'older';
  return byTime === 0 && byNumber === 0 ? 'same' : 'newer';
}

function compareNumbers(one: string, other: string): number {
  const others = other.split('.').map(Number);
  const differences = one.split('.').map((part, index) => Number(part) - (others[index] ?? 0));
  return Math.sign(differences.find((difference) => difference !== 0) ?? 0);
}
