import { accessSync, constants, statSync, statfsSync } from 'node:fs';
import { type Finding, type Patient, fail, OTHERS, ok, warn } from './check.ts';

const MIB = 1024 * 1024;
const SCARCE_BYTES = 1024 * MIB;
const TOO_LITTLE_BYTES = 100 * MIB;
const NAME = 'Data folder';

/** Is it there, may we write to it, and may nobody else read it? */
export function dataFolder({ loaded }: Patient): Finding {
  const { dataDir } = loaded.config;
  const stat = statSync(dataDir, { throwIfNoEntry: false });
  if (stat === undefined)
    return warn(
      NAME,
      `${dataDir} is not there yet`,
      'The first start of the hub makes it. Is it the right one? HOMELABCMD_DATA_DIR names it.',
    );
  if (!stat.isDirectory())
    return fail(NAME, `${dataDir} is not a folder`, 'Name a folder with HOMELABCMD_DATA_DIR.');
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return fail(
      NAME,
      `this user may not write to ${dataDir}`,
      `Run this as the user that the hub runs as (uid ${stat.uid}).`,
    );
  }
  if ((stat.mode & OTHERS) !== 0)
    return warn(NAME, `${dataDir} may be entered by other users of this machine`, `chmod 700 ${dataDir}`);
  return ok(NAME, dataDir);
}

/** Room for the store to grow, and for the copy that is made before an upgrade. */
export function freeSpace({ loaded, storeFile }: Patient): Finding {
  const name = 'Free space';
  const { dataDir } = loaded.config;
  if (statSync(dataDir, { throwIfNoEntry: false }) === undefined) return ok(name, 'no data folder yet');
  const { bavail, bsize } = statfsSync(dataDir);
  const freeBytes = bavail * bsize;
  const storeBytes = statSync(storeFile, { throwIfNoEntry: false })?.size ?? 0;
  const detail = `${Math.floor(freeBytes / MIB)} MiB free, the store has ${Math.ceil(storeBytes / MIB)} MiB`;
  const todo = 'Make room on that disk: the hub stops writing when it is full.';
  if (freeBytes < TOO_LITTLE_BYTES) return fail(name, detail, todo);
  return freeBytes < Math.max(SCARCE_BYTES, 2 * storeBytes) ? warn(name, detail, todo) : ok(name, detail);
}

/** A settings file with a key in it is a secret. */
export function settingsFile({ loaded: { file, origins } }: Patient): Finding {
  const given = origins.filter(({ from }) => from !== 'default');
  const detail = `${file ?? 'no settings file'}; ${given.length} of ${origins.length} settings are not the default`;
  const holdsSecret = origins.some(({ from, shown }) => from === 'file' && shown === 'hidden');
  const isOpen = file !== null && (statSync(file).mode & 0o007) !== 0;
  return holdsSecret && isOpen
    ? warn('Settings', `${file} holds a secret and may be read by everyone`, `chmod 640 ${file}`)
    : ok('Settings', detail);
}
