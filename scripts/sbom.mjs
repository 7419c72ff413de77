/**
 * Makes `dist/sbom.cdx.json`: the bill of materials of this checkout, tools of development included, as the lock file has it.
 * That of a release, with what is inside of it and nothing else, is made by `npm run release`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './prepare/root.mjs';
import { bomOfLockFile } from './release/sbom.mjs';

const file = process.argv[2] ?? join(root, 'dist/sbom.cdx.json');
const bom = await bomOfLockFile();
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`Made ${file}: ${bom.components.length} packages.`);
