import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForNode } from '../build/bundle.mjs';
import { agentFolder } from '../build/targets.mjs';
import { root } from '../prepare/root.mjs';
import { bomOf } from './sbom.mjs';
import { licensesDocument, thirdParties } from './third-party.mjs';

const papers = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'];

/**
 * Lays out what a machine needs that has Node.js and nothing else of ours. The hub finds its parts by this layout
 * (`packages/hub/src/product-files.ts`).
 *
 * @param {string} folder an empty one
 * @param {{ version: string, time: Date }} release
 */
export async function stageRelease(folder, release) {
  const lib = join(folder, 'lib');
  const dashboard = join(root, 'packages/dashboard/dist');
  const agentRelease = join(root, agentFolder);
  for (const name of ['bin', 'lib']) mkdirSync(join(folder, name), { recursive: true });
  const modules = [
    ...(await bundleForNode(join(root, 'packages/hub/src/main.ts'), join(lib, 'homelabcmd.mjs'))),
    ...(await bundleForNode(join(root, 'packages/agent/src/main.ts'), join(lib, 'agent.mjs'))),
  ];
  const isShown = (/** @type {string} */ path) => !path.startsWith(`${dashboard}/.`);
  // The agent for servers as it was built and signed; what is hidden there is ours alone.
  const isHandedOut = (/** @type {string} */ path) => !path.startsWith(`${agentRelease}/.`);
  cpSync(agentRelease, join(lib, 'agent'), { recursive: true, filter: isHandedOut });
  cpSync(dashboard, join(lib, 'dashboard'), { recursive: true, filter: isShown });
  const isForUse = (/** @type {string} */ path) => !path.endsWith('.ts');
  cpSync(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true, filter: isForUse });
  cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true });
  for (const paper of papers) copyFileSync(join(root, paper), join(folder, paper));
  copyFileSync(join(root, 'scripts/release/launcher.sh'), join(folder, 'bin/homelabcmd'));
  chmodSync(join(folder, 'bin/homelabcmd'), 0o755);
  writeFileSync(join(folder, 'package.json'), packageJson());
  const parties = thirdParties(modules, dashboard);
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), licensesDocument(parties));
  writeFileSync(join(folder, 'sbom.cdx.json'), await bomOf(parties, release));
}

/** Only what is true of the release: it has no dependencies to install. */
function packageJson() {
  const { name, version, description, license, type } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const release = {
    ...{ name, private: true, version, description, license, type },
    engines: { node: '>=24.7' },
    bin: { homelabcmd: 'bin/homelabcmd' },
  };
  return `${JSON.stringify(release, null, 2)}\n`;
}
