import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { giveToOwnerOfFolder } from './owner.ts';

/** Replaces a file as a whole, readable by its owner only. With `isSynced` it is on disk when this returns. */
export function replaceFile(path: string, content: string, isSynced: boolean): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, content, { mode: 0o600, flush: isSynced });
  giveToOwnerOfFolder(fresh);
  renameSync(fresh, path);
  if (!isSynced) return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What is in a file; `null` when there is none. */
export function textIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
