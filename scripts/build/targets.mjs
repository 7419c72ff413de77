import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare/root.mjs';
import { fingerprint } from './fingerprint.mjs';

/**
 * What is built, from what, by what. `make` is given the folder to write; the tools are imported only when something
 * is made, since this table is also read before they are installed.
 *
 * @typedef {{ name: string, inputs: string[], outFolder: string, make: (outFolder: string) => Promise<void>, without?: string }} Target
 *   `without` says what is so when it cannot be made; where it is absent, nothing goes on
 */

const everywhere = ['package-lock.json', 'packages/protocol', 'scripts/build'];

/** What a hub hands to servers. */
export const agentFolder = 'dist/agent';

/** @type {Target[]} */
export const targets = [
  {
    name: 'dashboard',
    inputs: ['packages/dashboard', ...everywhere],
    outFolder: 'packages/dashboard/dist',
    make: async (outFolder) => (await import('./dashboard.mjs')).buildDashboard(outFolder),
  },
  {
    name: 'agent',
    inputs: ['packages/agent', ...everywhere],
    outFolder: 'packages/agent/dist',
    make: async (outFolder) => bundle('packages/agent/src/main.ts', join(outFolder, 'agent.mjs')),
  },
  {
    name: 'agent for servers',
    inputs: ['packages/agent', 'deploy', 'package.json', ...everywhere],
    outFolder: agentFolder,
    without: 'The hub runs all the same, but has no agent to hand out. The next start tries again.',
    make: async (outFolder) => {
      const { kindsToMake, makeReleaseFolder } = await import('./agent/release-folder.mjs');
      await makeReleaseFolder(outFolder, kindsToMake(join(root, agentFolder)));
    },
  },
  {
    name: 'hub',
    inputs: ['packages/hub', ...everywhere],
    outFolder: 'packages/hub/dist',
    make: async (outFolder) => bundle('packages/hub/src/main.ts', join(outFolder, 'homelabcmd.mjs')),
  },
];

/** The file in a target's folder that says from which sources it was made. */
export const stampName = '.built';

/** @param {Target} target */
export function isUpToDate(target) {
  const stamp = join(root, target.outFolder, stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root, target.inputs);
}

/** @param {string} entry @param {string} outFile */
async function bundle(entry, outFile) {
  const { bundleForNode } = await import('./bundle.mjs');
  await bundleForNode(join(root, entry), outFile);
}
