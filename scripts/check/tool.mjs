import { join } from 'node:path';
import { run } from '../prepare/child.mjs';
import { root } from '../prepare/root.mjs';

/**
 * Runs a tool of node_modules at the root.
 *
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<{ name: string, exitCode: number, output: string }>} output of both kinds, in the order it came
 */
export async function runTool(name, args) {
  /** @type {string[]} */
  const lines = [];
  const { exitCode } = await run(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    onLine: (line) => lines.push(line),
  });
  return { name, exitCode, output: lines.join('\n') };
}
