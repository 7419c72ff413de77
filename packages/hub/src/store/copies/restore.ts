import { chmodSync, copyFileSync, constants, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { giveToOwnerOfFolder } from '../../lib/owner.ts';
import { sealCopy, syncToDisk } from './copy.ts';
import type { StoreFacts } from '../inspect.ts';
import { lockDataDir } from '../lock.ts';
import { refuseUnusable, STORE_FILE, stampOf } from '../open.ts';

export interface Restored {
  readonly facts: StoreFacts;
  /** Where the store that was there before is now; `null` when there was none. */
  readonly keptAs: string | null;
}

/**
 * Puts a copy in the place of the store, and keeps the old one under another name. The copy is read through before
 * anything is moved. Cut short at any step, there is the old store, or the new one, or for an instant neither, with
 * both of them beside the place.
 * @param beforeSwap told of the place and of the copy that is about to be put there, while no hub can start
 * @throws when a hub runs on the data folder, or when the copy cannot be used
 */
export function restoreStore(
  dataDir: string,
  copy: string,
  beforeSwap: (place: string, next: string) => void = () => undefined,
): Restored {
  const place = join(dataDir, STORE_FILE);
  if (!statSync(copy, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no file ${copy}.`);
  using _held = lockDataDir(dataDir);
  if (isSameFile(copy, place)) throw new Error(`${copy} is the store of this data folder itself.`);
  const next = `${place}.restoring`;
  try {
    copyFileSync(copy, next, constants.COPYFILE_FICLONE);
    // A copy of a store that was in use has the newest of its content beside it.
    if (existsSync(`${copy}-wal`)) copyFileSync(`${copy}-wal`, `${next}-wal`);
    chmodSync(next, 0o600);
    if (refuseUnusable(next, { calledAs: copy }) === null) throw new Error(`There is no store in ${copy}.`);
    const facts = sealCopy(next, copy);
    giveToOwnerOfFolder(next);
    syncToDisk(next);
    beforeSwap(place, next);
    const keptAs = existsSync(place) ? setAside(place) : null;
    renameSync(next, place);
    syncToDisk(dataDir);
    return { facts, keptAs };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(next + suffix, { force: true });
  }
}

/** Moves a store with its log. The log goes into the store first if it can: two files cannot be moved at one moment. */
function setAside(place: string): string {
  const aside = `${place}.before-restore-${stampOf(new Date())}`;
  try {
    using database = new DatabaseSync(place);
    database.exec('PRAGMA journal_mode = DELETE');
  } catch {
    // It is damaged: then it is kept as it is, with what lies beside it.
  }
  for (const suffix of ['-wal', '-shm', ''])
    if (existsSync(place + suffix)) renameSync(place + suffix, aside + suffix);
  return aside;
}

function isSameFile(a: string, b: string): boolean {
  if (!existsSync(b)) return false;
  const [one, other] = [statSync(a), statSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}
