import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../prepare/child.mjs';
import { root } from '../prepare/root.mjs';

const folder = join(root, 'packages/dashboard');

/** @param {string} outFolder */
export async function buildDashboard(outFolder) {
  const vite = dirname(createRequire(join(folder, 'package.json')).resolve('vite/package.json'));
  /** @type {string[]} */
  const words = [];
  const args = [join(vite, 'bin/vite.js'), 'build', '--outDir', outFolder, '--logLevel', 'warn'];
  const { exitCode } = await run(process.execPath, args, { cwd: folder, onLine: (line) => words.push(line) });
  if (words.length > 0) console.error(words.join('\n'));
  if (exitCode !== 0) throw new Error(`vite could not build the dashboard (exit code ${exitCode}).`);
}
