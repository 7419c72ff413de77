import { defineConfig } from 'vitest/config';

/** A busy machine may take its time: what a test waits for has longer than it should ever need. */
const expectation = { poll: { interval: 20, timeout: 10_000 } };

const everywhere = ['**/node_modules/**', '**/dist/**'];

/** What needs no store, what is about the file that SQLite keeps one in, and what asks a hub by HTTP alone. */
const NOT_FOR_POSTGRES = [
  'main',
  'enrolment/install-line',
  'lib/file-answer',
  'lib/log',
  'lib/outgoing/addresses',
  'lib/outgoing/ask',
  'http/agent-files',
  'http/session',
  'link/odd-frames',
  'config',
  'config-file',
  'reference',
  'http/docs/docs',
  'http/idempotency',
  'policies/effective',
  'policies/remediation/incident',
  'services/discovery/rank',
  'events/log-memory',
  'figures/exposition',
  'store/engine',
  'store/store',
  'store/migrations/migrations',
  'audit/verify',
  'setback/copied-back',
  'cli/commands/backup',
  'cli/commands/doctor',
  'cli/commands/restore',
  'cli/client/messages',
  'cli/completion/completion',
]
  .map((name) => `packages/hub/src/${name}.test.ts`)
  .concat(
    [
      ...['backup-under-writes', 'bad-disk', 'upgrade'],
      ...['client/commands', 'client/tail', 'client/which-hub'],
    ].map((name) => `packages/hub/test/${name}.test.ts`),
  );

/**
 * Five kinds of tests, run one kind after the other:
 * - `unit`, `postgres` (the tests of the hub once more, with its stores on PostgreSQL) and `dashboard` side by side on all cores;
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
          exclude: [...everywhere, '**/*.lab.test.ts', 'packages/hub/test/postgres/**'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          expect: expectation,
          name: 'postgres',
          include: ['packages/hub/**/*.test.ts'],
          exclude: [...everywhere, '**/*.lab.test.ts', ...NOT_FOR_POSTGRES],
          globalSetup: 'packages/hub/test/postgres/setup.ts',
          // Each statement is a question to another process: on a machine that is full, that takes its time.
          testTimeout: 90_000,
          hookTimeout: 90_000,
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
