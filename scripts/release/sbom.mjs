import { createHash } from 'node:crypto';
import { BUN_VERSION } from '../build/agent/kinds.mjs';
import { run } from '../prepare/child.mjs';
import { root } from '../prepare/root.mjs';

/**
 * @typedef {{ 'bom-ref': string, name: string, version: string, purl: string }} Component
 * @typedef {{ serialNumber?: string, metadata: { timestamp: string, tools?: unknown, component: Record<string, unknown> },
 *   components: Component[], dependencies: { ref: string, dependsOn?: string[] }[] }} Bom
 */

/**
 * The bill of materials in CycloneDX, as npm makes it from the lock file, cut down to what is inside of the release. Equal
 * sources give equal bytes.
 *
 * @param {{ name: string, version: string }[]} parties
 * @param {{ version: string, time: Date }} release
 */
export async function bomOf(parties, { version, time }) {
  const bom = await bomOfLockFile();
  const wanted = new Set(parties.map((party) => `${party.name}@${party.version}`));
  const components = bom.components.filter((one) => wanted.has(`${one.name}@${one.version}`));
  const known = new Set(components.map((one) => `${one.name}@${one.version}`));
  const missing = [...wanted].filter((one) => !known.has(one));
  if (missing.length > 0)
    throw new Error(`The lock file does not have what is bundled: ${missing.join(', ')}.`);
  const self = `homelabcmd@${version}`;
  const refs = new Set(components.map((one) => one['bom-ref']));
  const tools = [{ vendor: 'npm', name: 'cli' }];
  const component = {
    ...bom.metadata.component,
    'bom-ref': self,
    type: 'application',
    name: 'homelabcmd',
    version,
  };
  const made = {
    ...bom,
    metadata: { ...bom.metadata, timestamp: time.toISOString(), tools, component },
    components: components.sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
    dependencies: [
      { ref: self, dependsOn: [...refs].sort() },
      ...bom.dependencies
        .filter(({ ref }) => refs.has(ref))
        .map(({ ref, dependsOn = [] }) => ({
          ref,
          dependsOn: dependsOn.filter((one) => refs.has(one)).sort(),
        }))
        .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    ],
  };
  delete made.serialNumber;
  return `${JSON.stringify({ ...made, serialNumber: serialOf(made) }, null, 2)}\n`;
}

/** The runtime inside of each agent for servers. It is locked by `scripts/build/agent/kinds.mjs`, not by npm. */
const bun = {
  'bom-ref': `bun@${BUN_VERSION}`,
  type: 'framework',
  name: 'bun',
  version: BUN_VERSION,
  licenses: [{ license: { id: 'MIT' } }],
  purl: `pkg:npm/bun@${BUN_VERSION}`,
};

/** All that the lock file has, as npm tells it, and Bun. @returns {Promise<Bom>} */
export async function bomOfLockFile() {
  /** @type {string[]} */
  const lines = [];
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { exitCode } = await run('npm', args, { cwd: root, onLine: (line) => lines.push(line) });
  const text = lines.join('\n');
  if (exitCode !== 0) throw new Error(`npm could not make the bill of materials:\n${text}`);
  /** @type {Bom} */
  const bom = JSON.parse(text.slice(text.indexOf('{\n'), text.lastIndexOf('}') + 1));
  return { ...bom, components: [...bom.components, bun] };
}

/** A UUID that follows from what it numbers. @param {unknown} content */
function serialOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
