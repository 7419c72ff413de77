import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Puts a finished folder in the place of another. Killed at any step, there is the old one, the new one or none, but never
 * a mixture; with none, the next build starts over.
 *
 * @param {string} finished
 * @param {string} place
 */
export function replaceFolder(finished, place) {
  const old = `${place}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(finished, place);
  rmSync(old, { recursive: true, force: true });
}
