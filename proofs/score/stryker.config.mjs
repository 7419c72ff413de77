import { copiesOf, findingsOf, groupIn } from './groups.ts';

const group = groupIn(process.env);

/** Every small change of the group's files is made in a copy, one at a time, and some test has to fail. */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'proofs/score/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  mutate: group.files,
  // Sentences for people are reviewed by people.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['/docs', '/dist', '/test', '/bench', '/packages/dashboard'],
  // The compiler here has no API by which the tool could read this project's own file.
  tsconfigFile: 'no-tsconfig.json',
  tempDirName: copiesOf(group),
  cleanTempDir: 'always',
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: findingsOf(group) },
  timeoutMS: 15_000,
};
