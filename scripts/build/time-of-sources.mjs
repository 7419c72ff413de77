import { execFileSync } from 'node:child_process';
import { root } from '../prepare/root.mjs';

/**
 * The time that is written into what is made of these sources: `SOURCE_DATE_EPOCH`, otherwise that of the last commit. Sources
 * without a history are as old as this moment.
 */
export function timeOfSources() {
  const given = process.env['SOURCE_DATE_EPOCH'];
  return given === undefined ? (timeOfCommit() ?? new Date()) : new Date(Number(given) * 1000);
}

function timeOfCommit() {
  try {
    const asked = ['log', '-1', '--format=%ct'];
    const seconds = execFileSync('git', asked, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Date(Number(seconds) * 1000);
  } catch {
    return null;
  }
}
