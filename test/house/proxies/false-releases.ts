import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { RELEASE_DIR } from '../../../lab/index.ts';

/** What is handed out for a file of a release: its bytes, or an answer without any. */
export type Answer = Buffer | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** What is handed out in the place of the hub's own file of that name. */
export type Handed = Map<string, Answer>;

export function handOut(answer: Answer, response: ServerResponse): void {
  if (Buffer.isBuffer(answer)) response.end(answer);
  else response.writeHead(answer.status, { ...answer.headers }).end();
}

export interface Manifest {
  version: string;
  released_at: string;
  files: Record<string, { sha256: string; bytes: number }>;
}

/** The release of this checkout, changed and signed anew; by the key that the checkout signs with, where no other is given. */
export function releaseOf(
  change: (manifest: Manifest) => void,
  { key = ownKey(), files = {} }: { key?: KeyObject; files?: Record<string, Buffer> } = {},
): Handed {
  const manifest = JSON.parse(readFileSync(join(RELEASE_DIR, 'release.json'), 'utf8')) as Manifest;
  for (const [name, bytes] of Object.entries(files))
    manifest.files[name] = {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    };
  change(manifest);
  const bytes = Buffer.from(JSON.stringify(manifest));
  const handed: Handed = new Map(Object.entries(files));
  handed.set('release.json', bytes);
  handed.set('release.sig', sign(null, bytes, key));
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return handed.set('release-key.pem', Buffer.from(pem));
}

/** In a checkout it is there after the first build; it is never where a hub runs from a release. */
const ownKey = (): KeyObject =>
  createPrivateKey(readFileSync(join(RELEASE_DIR, '../../release-key.pem'), 'utf8'));

const DAY_MS = 86_400_000;
export const daysLater = (days: number) => (manifest: Manifest) => {
  manifest.released_at = new Date(Date.parse(manifest.released_at) + days * DAY_MS).toISOString();
};

const PROGRAM = `homelabcmd-agent-linux-${process.arch}.gz`;
/** What an attacker would like to have run as root: it leaves a file behind. */
const EVIL_SCRIPT = Buffer.from('#!/bin/sh\ntouch /evil-was-here\necho linux-x64\n');
const strangersKey = generateKeyPairSync('ed25519').privateKey;
const newer = () => releaseOf(daysLater(1));
const newerBut = (name: string, content: Answer) => (): Handed => newer().set(name, content);

/** A release that no server may take, and what it says of it. */
export interface FalseRelease {
  readonly handed: () => Handed;
  readonly why: RegExp;
}

/** What a hub that was taken over, or whoever stands in its place, can hand out to an upgrade. */
export const FALSE_RELEASES: Readonly<Record<string, FalseRelease>> = {
  'another key has signed it': {
    handed: () => releaseOf(daysLater(1), { key: strangersKey }),
    why: /signature/,
  },
  'another key has signed an installer of its own, with the known key beside it': {
    handed() {
      const known = releaseOf(daysLater(0)).get('release-key.pem') ?? Buffer.alloc(0);
      const files = { 'install-agent.sh': EVIL_SCRIPT };
      return releaseOf(daysLater(1), { key: strangersKey, files }).set('release-key.pem', known);
    },
    why: /signature/,
  },
  'the signature is empty': { handed: newerBut('release.sig', Buffer.alloc(0)), why: /signature/ },
  'the signature is all zero': { handed: newerBut('release.sig', Buffer.alloc(64)), why: /signature/ },
  'the signature does not end': { handed: newerBut('release.sig', Buffer.alloc(90_000)), why: /more came/ },
  'it is older': { handed: () => releaseOf(daysLater(-1)), why: /an older one is not installed/ },
  'its number is lower': {
    handed: () =>
      releaseOf((manifest) => {
        daysLater(1)(manifest);
        manifest.version = '0.0.9';
      }),
    why: /an older one is not installed/,
  },
  'the installer is another': {
    handed: newerBut('install-agent.sh', EVIL_SCRIPT),
    why: /install-agent\.sh is not|more came/,
  },
  'the restart script is another': {
    handed: newerBut('restart-service', EVIL_SCRIPT),
    why: /restart-service is not|more came/,
  },
  'the program is another': { handed: newerBut(PROGRAM, Buffer.from('x')), why: /is not the one/ },
  'it leads elsewhere': {
    handed: newerBut('release.json', {
      status: 302,
      headers: { location: '/agent/v1/files/restart-service' },
    }),
    why: /HTTP 302/,
  },
  'a file is not there': {
    handed: newerBut('restart-service', { status: 404, headers: {} }),
    why: /HTTP 404/,
  },
};
