import { defineConfig } from 'vitest/config';

/** A busy machine may take its time: what a test waits for has longer than it should ever need. */
const expectation = { poll: { interval: 20, timeout: 10_000 } };

const everywhere = ['**/node_modules/**', '**/dist/**'];

/**
 * Four kinds of tests, run one kind after the other:
 * - `unit` and `dashboard` side by side on all cores;
 * - `lab`, which boots real systemd servers, and `e2e`, which adds the built hub and a real browser, one file at a time,
 *   since they measure time and fill the machine.
 */
export default defineConfig({
  test: {
    allowOnly: false,
    // Vitest would leave one of two cores idle.
    maxWorkers: 2,
    projects: [
      {
        test: {
          expect: expectation,
          name: 'unit',
          include: [
            'packages/{protocol,hub,agent,testkit}/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'bench/**/*.test.ts',
            'proofs/**/*.test.ts',
          ],
          exclude: [...everywhere, '**/*.lab.test.ts'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      'packages/dashboard/vitest.config.ts',
      {
        test: {
          expect: expectation,
          name: 'lab',
          include: [
            'packages/**/*.lab.test.ts',
            'lab/**/*.test.ts',
            'deploy/**/*.test.ts',
            'proofs/**/*.lab.test.ts',
          ],
          exclude: everywhere,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          expect: expectation,
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          exclude: everywhere,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
