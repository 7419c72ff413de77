import { findHouseProblems } from '../house/rules.mjs';
import { root } from '../prepare/root.mjs';
import { readBiome, readKnip, readOxlint, readTsc } from './reports.mjs';
import { runTool } from './tool.mjs';

/**
 * @typedef {{ path: string, line: number, rule: string, message: string }} Finding `path` starts at the root, `line` at 1
 * @type {{ name: string, find: () => Promise<Finding[]> }[]}
 */
export const steps = [
  {
    name: 'format (biome)',
    find: async () =>
      readBiome(await runTool('biome', ['format', '--reporter=json', '--max-diagnostics=none', '.'])),
  },
  { name: 'lint (oxlint)', find: async () => readOxlint(await runTool('oxlint', ['--format=json'])) },
  { name: 'types', find: async () => readTsc(await runTool('tsc', ['-p', '.', '--pretty', 'false'])) },
  {
    name: 'types of the dashboard',
    find: async () => readTsc(await runTool('tsc', ['-p', 'packages/dashboard', '--pretty', 'false'])),
  },
  {
    name: 'dead code (knip)',
    find: async () => readKnip(await runTool('knip', ['--reporter=json', '--no-progress'])),
  },
  { name: 'house rules', find: async () => findHouseProblems(root) },
];
