import { onThreads } from '../report/threads.ts';
import type { Planted } from '../world/fleet/fleet.ts';
import type { Failure, SequencesOptions } from './sequences.ts';
import type { Answer } from './worker.ts';

export interface ModelOptions {
  readonly seed: number;
  readonly sequences: number;
  readonly workers: number;
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  readonly planted?: Planted;
  readonly stop?: AbortSignal;
  onPart?(soFar: ModelOutcome): void;
}

export interface ModelOutcome {
  sequences: number;
  commands: number;
  actions: number;
  strict: number;
  cpuMs: number;
  durationMs: number;
  readonly failures: Failure[];
  readonly strays: string[];
}

/** Sequences of one draw of fast-check: the seed of a failure is that of its part. */
const PART = 20;

/** Plays sequences on several threads, each part of them with a seed of its own. */
export async function playModel(options: ModelOptions): Promise<ModelOutcome> {
  const startedMs = performance.now();
  const outcome: ModelOutcome = {
    ...{ sequences: 0, commands: 0, actions: 0, strict: 0, cpuMs: 0, durationMs: 0 },
    ...{ failures: [], strays: [] },
  };
  let asked = 0;
  const { seed, path, replayPath, planted } = options;
  await onThreads<SequencesOptions, Answer>({
    file: new URL('./worker.ts', import.meta.url),
    threads: options.workers,
    next() {
      if (asked >= options.sequences || options.stop?.aborted) return null;
      const sequences = Math.min(PART, options.sequences - asked);
      const job = { seed: seed + asked / PART, sequences, path, replayPath, planted };
      asked += sequences;
      return job;
    },
    take(_job, answer) {
      for (const name of ['sequences', 'commands', 'actions', 'strict', 'cpuMs'] as const)
        outcome[name] += answer[name];
      if (answer.failure !== null) outcome.failures.push(answer.failure);
      outcome.strays.push(...answer.strays);
      outcome.durationMs = performance.now() - startedMs;
      options.onPart?.(outcome);
    },
  });
  return outcome;
}
