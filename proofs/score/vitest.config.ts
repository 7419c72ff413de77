import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { groupIn } from './groups.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * The tests by which a group is scored, in the copy in which its files are changed: the workspaces in `node_modules` are links to the
 * checkout, where nothing is changed. A property that has found something makes it smaller for minutes, so those are left
 * out: what they guard has to be seen by a test of one case, too.
 */
export default defineConfig({
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
