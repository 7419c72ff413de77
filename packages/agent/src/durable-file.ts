// What reaches the disk is called by way of the module, so that a proof can stand between on each runtime.
import fs, { closeSync, fchmodSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from './log.ts';

/** Makes names that were created or replaced in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder that survives a power cut, with those above it; what is synced inside is lost with a folder that does not. */
export function makeFolderDurably(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = resolve(folder); made.length >= first.length; made = dirname(made))
    syncFolder(dirname(made));
}

/** Replaces a file as a whole, readable by its owner only if nothing else is said; when this returns, it is on disk. */
export function writeDurably(path: string, content: string, mode = 0o600): void {
  const fresh = `${path}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    // Whatever the umask of who calls says.
    if (mode !== 0o600) fchmodSync(descriptor, mode);
    for (const bytes = Buffer.from(content), at = { offset: 0 }; at.offset < bytes.length; )
      at.offset += fs.writeSync(descriptor, bytes, at.offset);
    fs.fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  fs.renameSync(fresh, path);
  syncFolder(dirname(path));
}

/** What is in a file; `null` when there is none. */
export function textIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
}
