import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is installed is read from npm's own record of it, `node_modules/.package-lock.json`, which npm writes as the last
 * step of an installation. An installation that was killed has no such record (we delete it before we start one), and
 * one that somebody made by hand has, so both are judged rightly without a record of our own.
 *
 * @typedef {{ version?: string, link?: boolean, dev?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} Packages by path, as in a lock file
 * @typedef {{ locked: Packages, installed: Packages | undefined }} InstallState
 */

/** @param {string} root @returns {InstallState} */
export function readInstallState(root) {
  return {
    locked: readPackages(join(root, 'package-lock.json')) ?? {},
    installed: readPackages(join(root, 'node_modules/.package-lock.json')),
  };
}

/**
 * @param {InstallState} state
 * @param {'runtime' | 'all'} wanted
 * @returns {'runtime' | 'all' | undefined} what to install, undefined when all that is wanted is there
 */
export function planInstall({ locked, installed }, wanted) {
  if (installed === undefined) return wanted;
  const missing = Object.entries(locked)
    .filter(([path, entry]) => isNeeded(path, entry) && !isSame(entry, installed[path]))
    .map(([, entry]) => entry);
  const runtimeIsThere = missing.every(isForDevelopment);
  if (wanted === 'runtime' && runtimeIsThere) return undefined;
  if (wanted === 'all' && missing.length === 0) return undefined;
  // Whoever has the tools of development keeps them when the lock file changes.
  return wanted === 'all' || Object.values(installed).some(isForDevelopment) ? 'all' : 'runtime';
}

/** @param {Packages} locked @param {'runtime' | 'all'} kind how many packages npm will fetch at most */
export function countPackages(locked, kind) {
  return Object.entries(locked).filter(
    ([path, entry]) => isNeeded(path, entry) && !entry.link && (kind === 'all' || !isForDevelopment(entry)),
  ).length;
}

/** Optional packages are for one platform each, and npm decides which of them fit.
 * @param {string} path @param {LockedPackage} entry */
function isNeeded(path, entry) {
  return path.includes('node_modules/') && !entry.optional;
}

/** @param {LockedPackage} entry */
function isForDevelopment(entry) {
  return entry.dev === true || entry.devOptional === true;
}

/** @param {LockedPackage} wanted @param {LockedPackage | undefined} there */
function isSame(wanted, there) {
  return there !== undefined && there.version === wanted.version && there.link === wanted.link;
}

/** @param {string} path @returns {Packages | undefined} */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
