import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGroup } from '../processes/group.ts';
import { type FileFindings, readFindings } from './findings.ts';
import { GROUP_VARIABLE, type Group, copiesOf, findingsOf } from './groups.ts';

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
  // What an earlier run left that was killed.
  for (const left of [findingsOf(group), copiesOf(group)])
    rmSync(join(ROOT, left), { recursive: true, force: true });
  await using tool = startGroup(
    process.execPath,
    [strykerPath(), 'run', CONFIG, '--concurrency', `${workers}`],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', [GROUP_VARIABLE]: group.name },
    },
  );
  const stopped = () => void tool.end();
  stop.addEventListener('abort', stopped, { once: true });
  let said = '';
  for (const stream of [tool.child.stdout, tool.child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const word = text.match(/\d+\/\d+ tested \(.*\)/g)?.at(-1);
      if (word !== undefined) onWord(word);
    });
  const [exitCode] = (await once(tool.child, 'close')) as [number | null];
  stop.removeEventListener('abort', stopped);
  const durationMs = performance.now() - startedMs;
  if (exitCode !== 0) return { group, files: [], problem: said.slice(-2000), durationMs };
  const files = readFindings(readFileSync(join(ROOT, findingsOf(group)), 'utf8'));
  return { group, files, problem: null, durationMs };
}

function strykerPath(): string {
  const manifest = createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json');
  return join(dirname(manifest), 'bin', 'stryker.js');
}
