import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Updates, UpdatesFile } from '@homelabcmd/protocol';

const MOST_BYTES = 4096;

/** What root's daily timer has found of updates, or `null`: it has not looked yet, or the file is not what it writes. */
export function readUpdates(path: string, ownerUid = 0): Updates | null {
  const text = textOf(path, ownerUid);
  if (text === null) return null;
  try {
    const { v: _, ...updates } = UpdatesFile.parse(JSON.parse(text));
    return updates;
  } catch {
    return null;
  }
}

/** A small plain file of this owner, which nobody else can write; a link or a pipe in its place is no file. */
function textOf(path: string, ownerUid: number): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { uid, mode, size } = fstatSync(file);
    const isPlain = (mode & constants.S_IFMT) === constants.S_IFREG;
    if (!isPlain || uid !== ownerUid || (mode & 0o022) !== 0 || size > MOST_BYTES) return null;
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, MOST_BYTES, 0));
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
