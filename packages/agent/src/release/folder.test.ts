import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { acceptFolder, type ReleasePlaces } from './folder.ts';
import { NotAccepted } from './manifest.ts';
import { makeRelease, newReleaseKey } from './testing/made-release.ts';

const KEY = newReleaseKey();
const OTHER = newReleaseKey();
const FILES = { 'restart-service': '#!/bin/sh\n', 'homelabcmd-agent-linux-x64.gz': Buffer.alloc(1000, 1) };

let root = '';
let folder = '';
let places: ReleasePlaces;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'homelabcmd-release-'));
  folder = join(root, 'release');
  places = {
    keyFile: join(root, 'release-key.pem'),
    installedFile: join(root, 'installed.json'),
    ownerUid: process.getuid?.() ?? 0,
  };
  makeRelease(folder, { key: KEY, files: FILES });
  return () => rmSync(root, { recursive: true });
});

const accepted = () => acceptFolder(folder, places).version;

/** As after an installation of this release. */
function install(version: string, releasedAt: string, key = KEY): void {
  const before = join(root, 'before');
  makeRelease(before, { key, version, releasedAt, files: {} });
  copyFileSync(join(before, 'release.json'), places.installedFile);
  writeFileSync(places.keyFile, key.publicPem, { mode: 0o644 });
}

test('a first release is taken by the key beside it, and a later one by the key that is known', () => {
  expect(accepted()).toBe('1.2.3');
  install('1.2.2', '2025-12-31T00:00:00.000Z');
  expect(accepted()).toBe('1.2.3');
});

test('the same release again is no older one', () => {
  install('1.2.3', '2026-01-01T00:00:00.000Z');
  expect(accepted()).toBe('1.2.3');
});

test('a file that is not there is not asked for: a server gets one of the agents', () => {
  rmSync(join(folder, 'homelabcmd-agent-linux-x64.gz'));
  expect(accepted()).toBe('1.2.3');
});

test.each<[string, () => void, RegExp]>([
  [
    'one byte of a file is another',
    () => appendFileSync(join(folder, 'restart-service'), ' '),
    /restart-service is not/,
  ],
  ['one byte of the list is another', () => appendFileSync(join(folder, 'release.json'), ' '), /signature/],
  [
    'the signature is cut short',
    () => writeFileSync(join(folder, 'release.sig'), Buffer.alloc(63)),
    /signature/,
  ],
  ['the signature is empty', () => writeFileSync(join(folder, 'release.sig'), ''), /signature/],
  [
    'the signature is all zero',
    () => writeFileSync(join(folder, 'release.sig'), Buffer.alloc(64)),
    /signature/,
  ],
  ['the known key is another', () => install('1.0.0', '2025-01-01T00:00:00.000Z', OTHER), /another key/],
  [
    'another key has signed, and the known one lies beside it',
    () => {
      install('1.0.0', '2025-01-01T00:00:00.000Z');
      makeRelease(folder, { key: OTHER, files: FILES });
      writeFileSync(join(folder, 'release-key.pem'), KEY.publicPem);
    },
    /signature/,
  ],
  ['it is older by its time', () => install('1.2.3', '2026-01-01T00:00:00.001Z'), /an older one/],
  ['it is older by its number', () => install('1.3.0', '2025-01-01T00:00:00.000Z'), /an older one/],
  [
    'it is older by the last part of its number',
    () => install('1.2.10', '2025-01-01T00:00:00.000Z'),
    /an older one/,
  ],
  [
    'it is of another product',
    () => {
      makeRelease(folder, { key: KEY, version: 'none', files: FILES });
    },
    /not what a release says/,
  ],
  ['a name in it leads elsewhere', () => makeEscaping(), /not what a release says/],
  [
    'the known key is a link',
    () => symlinkSync(join(folder, 'release-key.pem'), places.keyFile),
    /is a link/,
  ],
  [
    'others may write the known key',
    () => {
      install('1.0.0', '2025-01-01T00:00:00.000Z');
      chmodSync(places.keyFile, 0o666);
    },
    /root alone can write/,
  ],
  [
    'the known key is none',
    () => writeFileSync(places.keyFile, 'none', { mode: 0o644 }),
    /no public Ed25519 key/,
  ],
])('it is not taken when %s', (_, spoil, why) => {
  spoil();
  expect(accepted).toThrow(NotAccepted);
  expect(accepted).toThrow(why);
});

function makeEscaping(): void {
  makeRelease(folder, { key: KEY, files: { [join('..', 'elsewhere')]: 'x' } });
}
