import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One installation or build at a time in a checkout. Who comes second waits, says so, and then looks again at what is left
 * to do. The lock is a file that names its owner, and an owner that was killed is noticed by its process being gone.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCheckoutLock(path, work) {
  const me = `${process.pid} ${startOf(process.pid)}`;
  let told = false;
  while (!tryTake(path, me)) {
    const owner = read(path);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      removeStale(path, owner, me);
      continue;
    }
    if (!told) {
      console.log(`Process ${owner.split(' ')[0]} is installing or building in this folder; waiting for it.`);
    }
    told = true;
    await delay(200);
  }
  const release = () => read(path) === me && rmSync(path, { force: true });
  process.once('exit', release);
  return work().finally(release);
}

/** The file appears with its content or not at all. @param {string} path @param {string} me */
function tryTake(path, me) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, me);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Two may find the same stale lock: who moves a fresh one away by mistake puts it back.
 * @param {string} path @param {string} stale @param {string} me */
function removeStale(path, stale, me) {
  const aside = `${path}.${me.replace(' ', '-')}`;
  try {
    renameSync(path, aside);
    if (read(aside) !== stale) linkSync(aside, path);
  } catch {
    // Somebody else was faster, which is just as well.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A process id can be given again, its start time cannot. @param {string} owner */
function isAlive(owner) {
  const [pid = '', start] = owner.split(' ');
  return startOf(Number(pid)) === start && start !== 'gone';
}

/** The process's start in clock ticks since boot. A killed one that nobody has waited for is gone too.
 * @param {number} pid */
function startOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? ['Z'];
  return state === 'Z' ? 'gone' : fields[18];
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
