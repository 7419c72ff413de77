/** Builds the dashboard, the agent and the hub where their sources have changed. Runs on the Node of node_modules. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './build/fingerprint.mjs';
import { replaceFolder } from './build/replace-folder.mjs';
import { isUpToDate, stampName, targets } from './build/targets.mjs';
import { root } from './prepare/root.mjs';

for (const target of targets) {
  if (isUpToDate(target)) continue;
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
    process.exit(1);
  }
  writeFileSync(join(next, stampName), stamp);
  replaceFolder(next, place);
  console.log(`Built the ${target.name} in ${Math.round(performance.now() - startedAt)} ms`);
}
