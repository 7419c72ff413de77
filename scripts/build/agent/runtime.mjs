import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../prepare/child.mjs';
import { startProgress } from '../../prepare/progress.mjs';
import { root } from '../../prepare/root.mjs';
import { BUN_VERSION } from './kinds.mjs';

const store = join(root, 'dist/runtimes');

/**
 * The Bun that an agent of this kind is made of. It is fetched once, by npm, and taken only when its content is the one that
 * is written down.
 *
 * @param {import('./kinds.mjs').Kind} kind
 * @returns {Promise<string>} the path of a program
 */
export async function runtimeOf(kind) {
  const place = join(store, `${kind.name}-${BUN_VERSION}`);
  const program = join(place, 'package/bin/bun');
  if (existsSync(program)) return program;
  mkdirSync(store, { recursive: true });
  const folder = mkdtempSync(join(store, '.fetching-'));
  const progress = startProgress(`Fetching Bun for the agent of ${kind.name}`, () => 'some 50 MB');
  try {
    await fetchInto(folder, kind);
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
    progress.end('done');
  } catch (error) {
    progress.end('failed');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return program;
}

/** @param {string} folder @param {import('./kinds.mjs').Kind} kind */
async function fetchInto(folder, kind) {
  const spec = `${kind.package}@${BUN_VERSION}`;
  /** @type {string[]} */
  const words = [];
  const packed = await run('npm', ['pack', spec, '--pack-destination', folder, '--ignore-scripts'], {
    cwd: folder,
    onLine: (line) => words.push(line),
  });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (packed.exitCode !== 0 || archive === undefined)
    throw new Error(`${words.slice(-10).join('\n')}\nnpm could not fetch ${spec}.`);
  const path = join(folder, archive);
  const found = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  if (found !== kind.integrity) throw new Error(`${spec} is not what it was: its content is ${found}.`);
  const unpacked = await run('tar', ['-xzf', path, '-C', folder], { stdio: 'inherit' });
  if (unpacked.exitCode !== 0) throw new Error(`tar could not unpack ${spec}.`);
  rmSync(path);
}
