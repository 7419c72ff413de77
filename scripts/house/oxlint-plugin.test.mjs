import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../prepare/root.mjs';

const timeout = 30_000;

/** Runs the project's real lint on planted files. @param {Record<string, string>} files @returns {string[]} `line code` */
function lint(files) {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const args = ['--config', join(root, '.oxlintrc.jsonc'), '--format=json', '.'];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), args, {
    cwd: folder,
    encoding: 'utf8',
  });
  return JSON.parse(stdout)
    .diagnostics.map((/** @type {Diagnostic} */ one) => `${one.labels[0]?.span.line} ${one.code}`)
    .sort();
}

/** @typedef {{ code: string, labels: { span: { line: number } }[] }} Diagnostic */

test('every way to import is seen', { timeout }, () => {
  const found = lint({
    'packages/hub/src/servers/change.ts':
      'export const change = 1;\nexport interface Change { id: number }\n',
    'packages/hub/src/actions/request.ts': [
      "import { change } from '../servers/change.ts';",
      "export { change as again } from '../servers/change.ts';",
      "export * from '../servers/change.ts';",
      "export const late = () => import('../servers/change.ts');",
      "export type Late = import('../servers/change.ts').Change;",
      "import '@homelabcmd/agent';",
      'export const use = change;',
      '',
    ].join('\n'),
  });
  expect(found.filter((one) => one.endsWith('house(zones)')).map((one) => one[0])).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
  ]);
});

test('a function has 60 lines at most, describe apart', { timeout }, () => {
  const lines = (/** @type {number} */ count) => '  void 0;\n'.repeat(count);
  const found = lint({
    'packages/hub/src/lib/long.ts': `export function long(): void {\n${lines(59)}}\n`,
    'packages/hub/src/lib/fits.ts': `export function fits(): void {\n${lines(58)}}\n`,
    'packages/hub/src/lib/fits.test.ts': `import { describe, test } from 'vitest';\ndescribe.each([1])('all', () => {\n${lines(70)}});\ntest('one', () => {\n${lines(70)}});\n`,
  });
  expect(found.filter((one) => one.endsWith('house(function-lines)'))).toEqual([
    '1 house(function-lines)',
    '74 house(function-lines)',
  ]);
});

test('what the house does not do is refused', { timeout }, () => {
  const found = lint({
    'packages/agent/src/actions/run.ts': [
      "import { spawn } from 'node:child_process';",
      'export const home = process.env.HOME;',
      'export function careless(text: any) {',
      '  Promise.resolve(text);',
      '  console.log(spawn);',
      '}',
      `// @ts-${'ignore'}`,
      'export const wrong: number = "text";',
      '',
    ].join('\n'),
    'packages/dashboard/src/ui/raw.tsx':
      'export const Raw = ({ html }: { html: string }) => <p dangerouslySetInnerHTML={{ __html: html }} />;\n',
  });
  for (const rule of [
    '1 house(zones)',
    '1 react(no-danger)',
    '2 node(no-process-env)',
    '3 typescript(no-explicit-any)',
    '4 typescript(no-floating-promises)',
    '5 eslint(no-console)',
    '7 typescript(ban-ts-comment)',
  ]) {
    expect(found).toContain(rule);
  }
});
