/**
 * Makes the agent for servers of every kind: `npm run build:agent`, or `npm run build:agent -- linux-x64 linux-arm64`. They, their
 * scripts, checksums and signature are in `dist/agent/` afterwards, from where the hub hands them out.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kinds } from './build/agent/kinds.mjs';
import { makeReleaseFolder, programName } from './build/agent/release-folder.mjs';
import { makeTarget } from './build/make-target.mjs';
import { agentFolder, targets } from './build/targets.mjs';
import { root } from './prepare/root.mjs';

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.find((name) => !kinds.some((kind) => kind.name === name));
if (unknown !== undefined) {
  console.error(`There is no kind ${unknown}. There are ${kinds.map(({ name }) => name).join(', ')}.`);
  process.exit(64);
}
const wanted = positionals.length > 0 ? positionals : kinds.map(({ name }) => name);
const target = targets.find(({ outFolder }) => outFolder === agentFolder);
if (target === undefined) throw new Error(`nothing is built into ${agentFolder}`);
await makeTarget({ ...target, make: (outFolder) => makeReleaseFolder(outFolder, wanted) });
for (const name of wanted) {
  const path = join(agentFolder, programName(name));
  console.log(`${path}: ${(statSync(join(root, path)).size / 1e6).toFixed(1)} MB`);
}
if (!existsSync(join(root, agentFolder, 'release.sig')))
  console.log(`Not signed: sign ${agentFolder}/release.json where the private key is, and put the signature beside it as release.sig:
  openssl pkeyutl -sign -rawin -inkey release-key.pem -in release.json -out release.sig`);
