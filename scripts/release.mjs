/**
 * Makes `dist/release/`: the archive, its bill of materials and the checksums of both. Equal sources give equal bytes: the
 * time in them is `SOURCE_DATE_EPOCH`, and without it that of the last commit.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timeOfSources } from './build/time-of-sources.mjs';
import { root } from './prepare/root.mjs';
import { checksums, pack } from './release/pack.mjs';
import { stageRelease } from './release/stage.mjs';

const outFolder = process.argv[2] ?? join(root, 'dist/release');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `homelabcmd-${version}`;
const time = timeOfSources();

const staged = join(outFolder, name);
rmSync(outFolder, { recursive: true, force: true });
mkdirSync(staged, { recursive: true });
await stageRelease(staged, { version, time });

const archive = join(outFolder, `${name}.tar.gz`);
const bom = join(outFolder, `${name}.cdx.json`);
await pack(staged, archive, time);
copyFileSync(join(staged, 'sbom.cdx.json'), bom);
writeFileSync(join(outFolder, 'SHA256SUMS'), checksums([archive, bom]));
rmSync(staged, { recursive: true });
console.log(`Made ${archive}, its bill of materials and SHA256SUMS.`);
