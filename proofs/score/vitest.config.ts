import { fileURLToPath } from 'node:url';
import { type Plugin, defineConfig } from 'vitest/config';
import { groupIn } from './groups.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * The hub builds its statements once, so that only the first test of a file would be seen to reach what builds them: here each
 * use builds them anew.
 */
const STATEMENTS = { file: 'packages/hub/src/store/statement.ts', keeps: 'known.push(built);' };

const statementsAnew: Plugin = {
  name: 'statements-anew',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith(STATEMENTS.file)) return null;
    if (!code.includes(STATEMENTS.keeps))
      throw new Error(`${STATEMENTS.file} keeps its statements in another way.`);
    return { code: code.replace(STATEMENTS.keeps, ''), map: null };
  },
};

/**
 * The tests by which a group is scored, in the copy in which its files are changed: the workspaces in `node_modules` are links to the
 * checkout, where nothing is changed. A property that has found something makes it smaller for minutes, so those are left
 * out: what they guard has to be seen by a test of one case, too.
 */
export default defineConfig({
  plugins: [statementsAnew],
  resolve: {
    alias: [
      { find: /^@homelabcmd\/protocol$/, replacement: fromRoot('packages/protocol/src/index.ts') },
      { find: /^@homelabcmd\/hub$/, replacement: fromRoot('packages/hub/src/hub.ts') },
    ],
  },
  test: {
    root: fromRoot('.'),
    expect: { poll: { interval: 20, timeout: 4000 } },
    testTimeout: 10_000,
    include: [...groupIn(process.env).tests],
    exclude: ['**/node_modules/**', '**/*.lab.test.ts', '**/*.property.test.ts'],
  },
});
