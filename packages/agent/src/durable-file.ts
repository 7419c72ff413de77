import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes names that were created or replaced in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces a file as a whole, readable by its owner only; when this returns, it is on disk. */
export function writeDurably(path: string, content: string): void {
  const fresh = `${path}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    for (const bytes = Buffer.from(content), at = { offset: 0 }; at.offset < bytes.length; )
      at.offset += writeSync(descriptor, bytes, at.offset);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, path);
  syncFolder(dirname(path));
}
