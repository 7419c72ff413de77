import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../prepare/root.mjs';
import { bundleForNode } from '../bundle.mjs';
import { timeOfSources } from '../time-of-sources.mjs';
import { kinds, ownKind } from './kinds.mjs';
import { releaseKey } from './release-key.mjs';
import { compileAgent, orderOfBytecode } from './single-file.mjs';

/** @typedef {{ sha256: string, bytes: number, unpacked_sha256?: string }} Part */

/** Files of `deploy/` that a server gets: what is not the hub's, and not ours to read. What lies in a folder there is for others. */
const isForServers = (/** @type {import('node:fs').Dirent} */ entry) =>
  entry.isFile() && !/hub|\.(ts|md|yaml)$|^Dockerfile$/.test(entry.name);

/** The name of the agent's program, packed, for a kind of server. @param {string} kind */
export const programName = (kind) => `homelabcmd-agent-${kind}.gz`;

/**
 * Everything that a hub hands to its servers: the agent for each kind, its scripts and units, `release.json` with the
 * checksum of each, and the signature over that.
 *
 * @param {string} folder an empty one
 * @param {readonly string[]} names of kinds
 */
export async function makeReleaseFolder(folder, names) {
  const key = releaseKey();
  /** @type {Record<string, Part>} */
  const files = {};
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const work = mkdtempSync(join(tmpdir(), 'homelabcmd-agent-'));
  try {
    const bundle = join(work, 'agent.mjs');
    await bundleForNode(join(root, 'packages/agent/src/main.ts'), bundle);
    const order = await orderOfBytecode(bundle, work);
    for (const kind of kinds.filter(({ name }) => names.includes(name))) {
      const program = join(work, kind.name);
      await compileAgent(bundle, program, kind, order);
      // To run it here, as it is: for tests and for whoever is curious.
      if (kind === ownKind()) copyFileSync(program, join(folder, '.program'));
      files[programName(kind.name)] = writePacked(
        join(folder, programName(kind.name)),
        readFileSync(program),
      );
      rmSync(program);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const inDeploy = readdirSync(join(root, 'deploy'), { withFileTypes: true });
  for (const name of inDeploy
    .filter(isForServers)
    .map((entry) => entry.name)
    .sort()) {
    copyFileSync(join(root, 'deploy', name), join(folder, name));
    files[name] = partOf(readFileSync(join(folder, name)));
  }
  const release = { product: 'homelabcmd-agent', version, released_at: timeOfSources().toISOString(), files };
  const bytes = Buffer.from(`${JSON.stringify(release, null, 2)}\n`);
  writeFileSync(join(folder, 'release.json'), bytes);
  writeFileSync(join(folder, 'release-key.pem'), key.publicPem);
  if (key.sign !== null) writeFileSync(join(folder, 'release.sig'), key.sign(bytes));
}

/** The kinds that were made before, and always the one of this machine. @param {string} folder */
export function kindsToMake(folder) {
  const isThere = (/** @type {string} */ name) => existsSync(join(folder, programName(name)));
  return [...new Set([ownKind().name, ...kinds.map(({ name }) => name).filter(isThere)])];
}

/** @param {string} path @param {Buffer} bytes @returns {Part} */
function writePacked(path, bytes) {
  // More effort makes it a twentieth smaller and takes twice as long.
  const packed = gzipSync(bytes, { level: 1 });
  writeFileSync(path, packed);
  return { ...partOf(packed), unpacked_sha256: sha256(bytes) };
}

/** @param {Buffer} bytes @returns {Part} */
const partOf = (bytes) => ({ sha256: sha256(bytes), bytes: bytes.length });

/** @param {Buffer} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
