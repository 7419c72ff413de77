import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptFolder, installedRelease, knownKey, refuseOlder, type ReleasePlaces } from './folder.ts';
import {
  ageBeside,
  checkFile,
  NotAccepted,
  readReleaseKey,
  readSignedRelease,
  type Release,
} from './manifest.ts';

const MOST_MANIFEST_BYTES = 64 * 1024;
const SIGNATURE_BYTES = 64;
const INSTALLER = 'install-agent.sh';
const PROGRAM = /^homelabcmd-agent-.*\.gz$/;

/** What an upgrade needs of the machine. */
export interface UpgradeWorld {
  readonly places: ReleasePlaces;
  /** A folder that root alone can open; made anew, and removed at the end. */
  readonly folder: string;
  /** A file of the hub's release, fetched by somebody without rights. @throws when it cannot be had, or is longer */
  fetch(name: string, mostBytes: number): Promise<Buffer>;
  /** The kind of agent that runs here, as the release's own installer says it. */
  kindOf(installer: string): Promise<string>;
  /** Runs the release's installer. @returns its exit code */
  install(installer: string): Promise<number>;
  say(line: string): void;
}

/**
 * Brings the agent up to date with what the hub has, as far as the release key allows.
 *
 *   fetch release.json ──signed by the known key, not older──► fetch its files ──each as signed──► its installer
 *          └───────────────── anything else: nothing is changed ──────────┘
 *
 * The hub is a mirror: what it says counts only by the signature, and it cannot begin this.
 * @returns the exit code
 * @throws NotAccepted, or when the hub cannot be reached: nothing was changed
 */
export async function upgrade(world: UpgradeWorld, onlyLook: boolean): Promise<number> {
  const key = knownKey(world.places);
  const installed = installedRelease(world.places);
  if (key === null || installed === null)
    throw new NotAccepted(
      'This agent was not installed from a signed release: install it once by the line that the hub shows.',
    );
  const manifest = await world.fetch('release.json', MOST_MANIFEST_BYTES);
  const signature = await world.fetch('release.sig', SIGNATURE_BYTES);
  const release = readSignedRelease(manifest, signature, readReleaseKey(key));
  refuseOlder(release, world.places);
  const named = `${release.version} of ${release.released_at}`;
  if (ageBeside(release, installed) === 'same') {
    world.say(`Nothing to do: the hub has ${named}, which is installed.`);
    return 0;
  }
  if (onlyLook) {
    world.say(`The hub has ${named}; installed is ${installed.version} of ${installed.released_at}.`);
    return 0;
  }
  world.say(`Fetching ${named}`);
  try {
    await fill(world, release, { manifest, signature });
    acceptFolder(world.folder, world.places);
    return await world.install(join(world.folder, INSTALLER));
  } finally {
    rmSync(world.folder, { recursive: true, force: true });
  }
}

async function fill(
  world: UpgradeWorld,
  release: Release,
  signed: { manifest: Buffer; signature: Buffer },
): Promise<void> {
  rmSync(world.folder, { recursive: true, force: true });
  mkdirSync(world.folder, { mode: 0o700 });
  const keep = (name: string, bytes: Buffer, mode = 0o600) =>
    writeFileSync(join(world.folder, name), bytes, { mode, flag: 'wx' });
  const get = async (name: string) => {
    const bytes = await world.fetch(name, release.files[name]?.bytes ?? 0);
    checkFile(release, name, bytes);
    keep(name, bytes, 0o700);
  };
  keep('release.json', signed.manifest);
  keep('release.sig', signed.signature);
  await get(INSTALLER);
  const program = `homelabcmd-agent-${await world.kindOf(join(world.folder, INSTALLER))}.gz`;
  if (!Object.hasOwn(release.files, program))
    throw new NotAccepted(`The hub has no ${program}: run npm run build:agent there, or install it whole.`);
  for (const name of Object.keys(release.files))
    if (name !== INSTALLER && (name === program || !PROGRAM.test(name))) await get(name);
}
