import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeRelease, type Making, newReleaseKey } from './testing/made-release.ts';
import { upgrade, type UpgradeWorld } from './upgrade.ts';

const KEY = newReleaseKey();
const PROGRAM = 'homelabcmd-agent-linux-x64.gz';
const FILES = {
  'install-agent.sh': 'install',
  [PROGRAM]: 'x64',
  'homelabcmd-agent-linux-arm64.gz': 'arm64',
  other: 'o',
};

let root = '';
let fetched: string[] = [];
let installedFrom: string[] | null = null;
let said: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'homelabcmd-upgrade-'));
  fetched = [];
  installedFrom = null;
  said = [];
  makeRelease(join(root, 'old'), {
    key: KEY,
    version: '1.0.0',
    releasedAt: '2025-01-01T00:00:00.000Z',
    files: {},
  });
  copyFileSync(join(root, 'old/release.json'), join(root, 'installed.json'));
  writeFileSync(join(root, 'key.pem'), KEY.publicPem, { mode: 0o644 });
  return () => rmSync(root, { recursive: true });
});

/** The hub has this; `lie` is what it sends in the place of a file. */
function worldWith(making: Partial<Making> = {}, lie: Record<string, Buffer> = {}): UpgradeWorld {
  const mirror = join(root, 'mirror');
  makeRelease(mirror, { key: KEY, files: FILES, ...making });
  return {
    places: {
      keyFile: join(root, 'key.pem'),
      installedFile: join(root, 'installed.json'),
      ownerUid: process.getuid?.() ?? 0,
    },
    folder: join(root, 'incoming'),
    async fetch(name, mostBytes) {
      fetched.push(name);
      const bytes = lie[name] ?? readFileSync(join(mirror, name));
      if (bytes.length > mostBytes) throw new Error(`more came than ${mostBytes} bytes`);
      return bytes;
    },
    kindOf: async () => 'linux-x64',
    async install(installer) {
      installedFrom = readdirSync(join(root, 'incoming')).toSorted();
      return basename(installer) === 'install-agent.sh' ? 0 : 1;
    },
    say: (line) => said.push(line),
  };
}

test('what is newer is fetched, checked and installed; agents of other kinds stay where they are', async () => {
  expect(await upgrade(worldWith(), false)).toBe(0);
  expect(installedFrom).toEqual(
    [PROGRAM, 'install-agent.sh', 'other', 'release.json', 'release.sig'].toSorted(),
  );
  expect(fetched).not.toContain('homelabcmd-agent-linux-arm64.gz');
  expect(existsSync(join(root, 'incoming'))).toBe(false);
});

test('what is installed is not fetched again', async () => {
  const world = worldWith({ version: '1.0.0', releasedAt: '2025-01-01T00:00:00.000Z' });
  expect(await upgrade(world, false)).toBe(0);
  expect(said.join()).toContain('Nothing to do');
  expect(fetched).toEqual(['release.json', 'release.sig']);
});

test('asked only to look, it changes nothing', async () => {
  expect(await upgrade(worldWith(), true)).toBe(0);
  expect(said.join()).toContain('The hub has 1.2.3');
  expect([installedFrom, fetched.length]).toEqual([null, 2]);
});

test.each<[string, Partial<Making>, Record<string, Buffer>, RegExp]>([
  ['another key has signed', { key: newReleaseKey() }, {}, /signature/],
  ['it is older', { version: '0.9.9' }, {}, /an older one/],
  ['the list is another', {}, { 'release.json': Buffer.from('{}') }, /signature/],
  ['the list is without end', {}, { 'release.json': Buffer.alloc(70_000) }, /more came/],
  ['the program is another', {}, { [PROGRAM]: Buffer.from('y64') }, /is not the one/],
  ['the installer is another', {}, { 'install-agent.sh': Buffer.from('inst4ll') }, /is not the one/],
  ['a file is longer than it may be', {}, { other: Buffer.from('oo') }, /more came/],
  [
    'there is no agent for this server',
    { files: { 'install-agent.sh': 'install' } },
    {},
    /has no homelabcmd-agent-linux-x64/,
  ],
])('nothing is installed, and nothing left behind, when %s', async (_, making, lie, why) => {
  await expect(upgrade(worldWith(making, lie), false)).rejects.toThrow(why);
  expect(installedFrom).toBeNull();
  expect(existsSync(join(root, 'incoming'))).toBe(false);
});

test('an agent that was not installed from a release is told what to do', async () => {
  const world = worldWith();
  rmSync(join(root, 'key.pem'));
  await expect(upgrade(world, false)).rejects.toThrow(/install it once by the line/);
});
