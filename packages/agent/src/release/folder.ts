import { constants, openSync, closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textIfThere } from '../durable-file.ts';
import {
  ageBeside,
  checkFile,
  fingerprintOf,
  NotAccepted,
  readRelease,
  readReleaseKey,
  readSignedRelease,
  type Release,
} from './manifest.ts';

/** Where root keeps what decides about releases. */
export interface ReleasePlaces {
  /** The key that this server knows, from its first installation on. */
  readonly keyFile: string;
  /** The release that is installed. */
  readonly installedFile: string;
  /** Whose both must be. */
  readonly ownerUid: number;
}

export const RELEASE_PLACES: ReleasePlaces = {
  keyFile: '/etc/homelabcmd/release-key.pem',
  installedFile: '/usr/local/lib/homelabcmd/release.json',
  ownerUid: 0,
};

/**
 * Whether the release that lies in this folder may be installed here: signed by the key that this server knows, no older than
 * what it has, and every file of it that is there as it was signed. A server that knows no key yet takes the one beside it.
 * @throws NotAccepted
 */
export function acceptFolder(folder: string, places: ReleasePlaces): Release {
  const key = readReleaseKey(knownKey(places) ?? readFileSync(join(folder, 'release-key.pem'), 'utf8'));
  const offered = textIfThere(join(folder, 'release-key.pem'));
  if (offered !== null && fingerprintOf(readReleaseKey(offered)) !== fingerprintOf(key))
    throw new NotAccepted(
      `This release is by another key than the one that this server knows (${places.keyFile}). If that is as it should be, remove that file, and install again.`,
    );
  const bytes = readFileSync(join(folder, 'release.json'));
  const release = readSignedRelease(bytes, readFileSync(join(folder, 'release.sig')), key);
  refuseOlder(release, places);
  for (const name of Object.keys(release.files)) {
    const path = join(folder, name);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      checkFile(release, name, readFileSync(path));
  }
  return release;
}

/** @throws NotAccepted */
export function refuseOlder(release: Release, places: ReleasePlaces): void {
  const installed = installedRelease(places);
  if (installed !== null && ageBeside(release, installed) === 'older')
    throw new NotAccepted(
      `This release is ${release.version} of ${release.released_at}, and here is ${installed.version} of ${installed.released_at}: an older one is not installed, since it may lack what was mended.`,
    );
}

/** The release that is installed; `null` where none says so. */
export function installedRelease(places: ReleasePlaces): Release | null {
  const text = textIfThere(places.installedFile);
  return text === null ? null : readRelease(Buffer.from(text));
}

/** The text of the key that this server knows; `null` before its first installation. @throws NotAccepted */
export function knownKey({ keyFile, ownerUid }: ReleasePlaces): string | null {
  if (lstatSync(keyFile, { throwIfNoEntry: false }) === undefined) return null;
  let descriptor: number;
  try {
    descriptor = openSync(keyFile, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    throw new NotAccepted(`${keyFile} cannot be read, or is a link.`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.uid !== ownerUid || (stat.mode & 0o022) !== 0)
      throw new NotAccepted(`${keyFile} must be a file of root that root alone can write.`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
