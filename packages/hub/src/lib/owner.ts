import { chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Root works on a data folder that is another user's: what root makes in it would shut that user out. So what is made
 * belongs to whom the folder belongs to. Anybody else owns what he makes, and nothing happens here.
 */
export function giveToOwnerOfFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}
