import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { giveToOwnerOfFolder } from '../lib/owner.ts';
import { syncToDisk } from './copies/copy.ts';

const SQLITE_BUSY = 5;
const LOCK_FILE = 'hub.lock';
/** Longer than a look at the lock takes, so that a look never keeps a hub from starting. */
const PATIENCE_MS = 200;

/**
 * Holds a data folder for one hub: two hubs on one store would each believe that they know the newest event.
 * The lock is the operating system's, on a file of its own, so that a hub that was killed leaves none behind.
 * @throws when another hub holds the folder, or it cannot be used
 */
export function lockDataDir(dataDir: string): Disposable {
  makeFolder(dataDir);
  const database = new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: PATIENCE_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    giveToOwnerOfFolder(join(dataDir, LOCK_FILE));
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Error(
      `Another hub is running on the data folder ${dataDir}. Stop it first, or set HOMELABCMD_DATA_DIR.`,
      { cause: error },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Whether a hub holds this data folder at this moment. Looks, and takes nothing. */
export function isDataDirHeld(dataDir: string): boolean {
  const file = join(dataDir, LOCK_FILE);
  if (!existsSync(file)) return false;
  using database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return true;
    throw error;
  }
}

function makeFolder(dataDir: string): void {
  try {
    const first = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    // What is synced inside a folder is lost with the folder, when the folder's own name was never synced.
    if (first !== undefined)
      for (let made = resolve(dataDir); made.length >= first.length; made = dirname(made))
        syncToDisk(dirname(made));
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isForbidden = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    const sentence = isForbidden
      ? `this user may not write to the data folder ${dataDir}.`
      : `the data folder ${dataDir} cannot be used (${code}).`;
    throw new Error(`${sentence} Choose another with HOMELABCMD_DATA_DIR.`, { cause: error });
  }
}
