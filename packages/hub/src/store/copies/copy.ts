import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, backup } from 'node:sqlite';
import { giveToOwnerOfFolder } from '../../lib/owner.ts';
import { findDamage, inspectStore, type StoreFacts } from '../inspect.ts';

/** All pages in one step: one moment of the store, however much a hub writes meanwhile. */
const WHOLE = 2 ** 31 - 1;
const OWNER_ONLY = 0o600;

export interface Copied {
  readonly file: string;
  readonly sizeBytes: number;
  readonly facts: StoreFacts;
}

/**
 * Copies a store, also one that a hub is writing to, into one file that holds everything. The copy is read through
 * and on disk before it takes its name; when this throws, there is nothing under that name that was not there before.
 * @throws when the target exists and may not be replaced, or when the store is damaged
 */
export async function copyStore(source: string, target: string, mayReplace = false): Promise<Copied> {
  if (!mayReplace && existsSync(target)) throw targetTaken(target);
  const part = `${target}.part-${process.pid}`;
  closeSync(openSync(part, 'wx', OWNER_ONLY));
  try {
    {
      using database = new DatabaseSync(source, { readOnly: true, timeout: 5000 });
      await backup(database, part, { rate: WHOLE });
    }
    const facts = sealCopy(part, source);
    giveToOwnerOfFolder(part);
    syncToDisk(part);
    const { size: sizeBytes } = statSync(part);
    giveName(part, target, mayReplace);
    syncToDisk(dirname(target));
    return { file: target, sizeBytes, facts };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(part + suffix, { force: true });
  }
}

/** Makes one file of a copy, with no log beside it, and reads all of it. @throws when it is damaged */
export function sealCopy(file: string, source: string): StoreFacts {
  {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = DELETE');
    const [damage] = findDamage(database);
    if (damage !== undefined)
      throw new Error(`The store ${source} is damaged: ${damage}. Nothing was changed. Restore a good copy.`);
  }
  const state = inspectStore(file);
  if (state.kind === 'store') return state.facts;
  throw new Error(`${source} is not a store of HomelabCmd.`);
}

/** Puts what was written to a file, or the names in a folder, onto the disk. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A link is refused by the file system itself where the name is taken; where it has no links, the look has to do. */
function giveName(part: string, target: string, mayReplace: boolean): void {
  if (mayReplace) return renameSync(part, target);
  try {
    linkSync(part, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(target)) throw targetTaken(target);
    renameSync(part, target);
  }
}

const targetTaken = (target: string): Error =>
  new Error(`${target} exists already, and nothing was written. Name another file, or add --force.`);
