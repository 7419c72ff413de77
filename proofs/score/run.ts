import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FileFindings, readFindings } from './findings.ts';
import { GROUP_VARIABLE, type Group, findingsOf } from './groups.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIG = 'proofs/score/stryker.config.mjs';

export interface GroupOutcome {
  readonly group: Group;
  readonly files: readonly FileFindings[];
  /** Why there are no findings: the tests do not pass as it is, or the tool could not work. */
  readonly problem: string | null;
  readonly durationMs: number;
}

export interface ScoreOptions {
  /** So many copies of the checkout, each with one change at a time. */
  readonly workers: number;
  readonly stop: AbortSignal;
  /** The tool's own word of how far it is. */
  onWord(word: string): void;
}

/** Makes every change of the files of a group, one at a time, and finds out which no test sees. */
export async function scoreGroup(
  group: Group,
  { workers, stop, onWord }: ScoreOptions,
): Promise<GroupOutcome> {
  const startedMs = performance.now();
  const findings = join(ROOT, findingsOf(group));
  rmSync(findings, { force: true });
  const child = spawn(process.execPath, [strykerPath(), 'run', CONFIG, '--concurrency', `${workers}`], {
    cwd: ROOT,
    env: { ...process.env, [GROUP_VARIABLE]: group.name },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const word = text.match(/\d+\/\d+ tested \(.*\)/g)?.at(-1);
      if (word !== undefined) onWord(word);
    });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', (error) => (stop.aborted ? resolve(null) : reject(error)));
  child.once('close', resolve);
  const exitCode = await promise;
  const durationMs = performance.now() - startedMs;
  if (exitCode !== 0) return { group, files: [], problem: said.slice(-2000), durationMs };
  return { group, files: readFindings(readFileSync(findings, 'utf8')), problem: null, durationMs };
}

function strykerPath(): string {
  const manifest = createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json');
  return join(dirname(manifest), 'bin', 'stryker.js');
}
