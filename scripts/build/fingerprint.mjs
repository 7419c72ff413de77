import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const skippedFolders = new Set(['node_modules', 'dist', 'test', 'testing']);
const testFile = /\.test\.(mjs|tsx?)$/;

/**
 * A hash over the content of files and folders: it changes when a build of them could. Tests are left out.
 *
 * @param {string} root
 * @param {string[]} inputs paths from the root, of files and folders
 */
export function fingerprint(root, inputs) {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap((input) => filesIn(root, input))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {string[]} sorted, so that the order on disk does not matter */
function filesIn(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => !skippedFolders.has(name) && !testFile.test(name))
    .sort()
    .flatMap((name) => filesIn(root, `${path}/${name}`));
}
