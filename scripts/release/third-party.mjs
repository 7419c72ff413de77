import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUN_VERSION } from '../build/agent/kinds.mjs';
import { root } from '../prepare/root.mjs';

/** @typedef {{ name: string, version: string, license: string, text: string }} ThirdParty */

/** Packages that reach the dashboard as style sheets and fonts, where its bundler does not see them. */
const styles = ['tailwindcss', '@fontsource-variable/ibm-plex-sans', '@fontsource/ibm-plex-mono'];

/** The runtime inside of each agent for servers. Its package states its licence and has no text of it. */
const bun = {
  name: 'bun',
  version: BUN_VERSION,
  license: 'MIT',
  text: [
    statement('bun', 'MIT'),
    "Bun holds JavaScriptCore, which is under the LGPL 2.1, and parts of others under their own terms: they stand in Bun's",
    'own LICENSE.md of this version. An agent can be made anew with another build of Bun: npm run build:agent.',
  ].join('\n'),
};

/**
 * Every package of others that is inside of the release, once, with its licence.
 *
 * @param {string[]} modules of the bundles of hub and agent
 * @param {string} dashboardDir the built dashboard, with its bundler's list of licences
 * @returns {ThirdParty[]}
 */
export function thirdParties(modules, dashboardDir) {
  /** @type {Map<string, ThirdParty>} */
  const found = new Map();
  const add = (/** @type {ThirdParty} */ one) => found.set(`${one.name}@${one.version}`, one);
  /** @type {{ name: string, version: string, identifier: string, text?: string }[]} */
  const inDashboard = JSON.parse(readFileSync(join(dashboardDir, '.vite/licenses.json'), 'utf8'));
  for (const { name, version, identifier, text } of inDashboard)
    add({ name, version, license: identifier, text: text ?? statement(name, identifier) });
  for (const folder of new Set([
    ...modules.flatMap(packageFolder),
    ...styles.map((name) => `node_modules/${name}`),
  ]))
    add(readPackage(folder));
  add(bun);
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** The one document with all of them. @param {ThirdParty[]} parties */
export function licensesDocument(parties) {
  const chapters = parties.map(({ name, version, license, text }) =>
    [`${'='.repeat(80)}\n${name} ${version} (${license})\n`, text.trim(), ''].join('\n'),
  );
  const head = 'HomelabCmd holds the following software of others, under the licences that stand below.\n';
  return [head, ...chapters].join('\n');
}

/** @param {string} module @returns {string[]} the folder of its package from the root; none for our own code */
function packageFolder(module) {
  const match = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(module);
  return match && module.startsWith(root) ? [match[0].slice(root.length + 1)] : [];
}

/** @param {string} folder @returns {ThirdParty} */
function readPackage(folder) {
  const place = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`The package in ${folder} names no licence.`);
  const file = readdirSync(place).find((one) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(one));
  const text = file ? readFileSync(join(place, file), 'utf8') : textInReadme(place, name, license);
  return { name, version, license, text };
}

/** @param {string} place @param {string} name @param {string} license */
function textInReadme(place, name, license) {
  const readme = readdirSync(place).find((one) => /^readme(\.md)?$/i.test(one));
  const text = readme ? readFileSync(join(place, readme), 'utf8') : '';
  const chapter = /^#+\s*licen[cs]e[\s\S]*/im.exec(text)?.[0];
  return chapter ?? statement(name, license);
}

/** @param {string} name @param {string} license */
function statement(name, license) {
  return `${name} comes without a text of its licence. It states: ${license}.`;
}
