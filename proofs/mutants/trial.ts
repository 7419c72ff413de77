import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../processes/run-to-end.ts';
import type { Ground } from './ground.ts';
import type { CatchingTest, Fate, Mutant, Trial } from './mutant.ts';

/** A mistake may make a test wait for ever; it has its own limit, and this is for a process that hangs. */
const LONGEST_MS = 240_000;
/** All the named test files, one after the other on a busy machine. */
const LONGEST_OF_ALL_MS = 1_800_000;

/** The part of vitest's JSON report that is read here. */
interface FileResult {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[] | null;
  }[];
}

/** Runs a test in the copy with the mistake in it. @returns `null` when it was stopped: then nobody knows */
export async function tryMutant(ground: Ground, mutant: Mutant, stop: AbortSignal): Promise<Trial | null> {
  const startedMs = performance.now();
  using _planted = ground.plant(mutant);
  const { file, test } = mutant.caughtBy;
  const results = await runTests(ground, [file], test, stop, LONGEST_MS);
  if (stop.aborted) return null;
  const { fate, said } = fateOf(results, mutant.caughtBy);
  return { mutant, fate, said, durationMs: performance.now() - startedMs };
}

function fateOf(results: readonly FileResult[] | null, { test }: CatchingTest): { fate: Fate; said: string } {
  if (results === null) return { fate: 'caught', said: `the run did not end within ${LONGEST_MS / 1000} s` };
  const all = results.flatMap(({ assertionResults }) => assertionResults);
  const named = all.find(({ fullName }) => fullName === test);
  if (named?.status === 'failed')
    return { fate: 'caught', said: firstLine(named.failureMessages?.[0] ?? '') };
  if (named?.status === 'passed') return { fate: 'survived', said: 'the test passed' };
  return { fate: 'did not load', said: firstLine(results[0]?.message ?? 'the test was not run') };
}

/**
 * Runs the named tests without any mistake.
 * @returns what does not pass: a test that fails anyway sees nothing; and nothing when it was stopped
 */
export async function withoutMistakes(
  ground: Ground,
  tests: readonly CatchingTest[],
  stop: AbortSignal,
): Promise<string[]> {
  const files = [...new Set(tests.map(({ file }) => file))];
  const results = (await runTests(ground, files, null, stop, LONGEST_OF_ALL_MS)) ?? [];
  if (stop.aborted) return [];
  return tests.flatMap(({ file, test }) => {
    const ofFile = results.find(({ name }) => name === join(ground.root, file));
    const named = ofFile?.assertionResults.filter(({ fullName }) => fullName === test) ?? [];
    if (named.length === 1 && named[0]?.status === 'passed') return [];
    const why = named.length > 1 ? 'is there twice' : (named[0]?.status ?? 'is not there');
    return [`«${test}» in ${file} ${why}`];
  });
}

/** @returns `null` when it had to be ended */
async function runTests(
  ground: Ground,
  files: readonly string[],
  test: string | null,
  stop: AbortSignal,
  longestMs: number,
): Promise<FileResult[] | null> {
  const report = join(ground.root, 'mutants.json');
  rmSync(report, { force: true });
  const only = test === null ? [] : ['-t', patternOf(test)];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, ...only];
  const options = ['--project', 'unit', '--reporter=json', `--outputFile=${report}`];
  const limit = AbortSignal.timeout(longestMs);
  const { how, said } = await runToEnd(process.execPath, [...args, ...options], {
    ...{ cwd: ground.root, stop, limit },
  });
  if (how !== 'by itself') return null;
  try {
    return (JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] }).testResults;
  } catch (cause) {
    throw new Error(`The tests left no report: ${said.slice(-2000)}`, { cause });
  }
}

/** The runner joins groups and name in its own way, the report with spaces. */
const patternOf = (test: string): string =>
  test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', '[ >]+');

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 200);
