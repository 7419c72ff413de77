import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare/root.mjs';
import { fingerprint } from './fingerprint.mjs';
import { replaceFolder } from './replace-folder.mjs';
import { stampName } from './targets.mjs';

/**
 * Builds beside what is there and puts it in its place at the end, with the stamp of its sources. Ends the process when it fails, if
 * nothing goes on without it.
 *
 * @param {import('./targets.mjs').Target} target
 */
export async function makeTarget(target) {
  const startedAt = performance.now();
  const place = join(root, target.outFolder);
  const next = `${place}.next`;
  const stamp = fingerprint(root, target.inputs);
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  try {
    await target.make(next);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    console.error(error instanceof Error ? error.message : error);
    console.error(`The ${target.name} could not be built.`);
    if (target.without === undefined) process.exit(1);
    console.error(target.without);
    return;
  }
  writeFileSync(join(next, stampName), stamp);
  replaceFolder(next, place);
  console.log(`Built the ${target.name} in ${Math.round(performance.now() - startedAt)} ms`);
}
