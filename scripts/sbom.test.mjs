import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './prepare/root.mjs';

test('the bill of materials has every package of the lock file, each with the hash of its content', {
  timeout: 60_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'made', 'sbom.cdx.json');
  execFileSync(process.execPath, [join(root, 'scripts/sbom.mjs'), file]);
  const bom = JSON.parse(readFileSync(file, 'utf8'));
  expect(bom.bomFormat).toBe('CycloneDX');
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {string[]} */
  const locked = Object.entries(packages)
    .filter(([place, entry]) => place.includes('node_modules/') && !entry.link)
    .map(([place, { name, version }]) => `${name ?? place.split('node_modules/').at(-1)}@${version}`);
  /** @type {Map<string, { hashes?: { alg: string }[] }>} */
  const told = new Map(bom.components.map((/** @type {any} */ one) => [`${one.name}@${one.version}`, one]));
  expect(locked.filter((one) => !told.has(one))).toEqual([]);
  expect(locked.filter((one) => told.get(one)?.hashes?.[0]?.alg !== 'SHA-512')).toEqual([]);
});
