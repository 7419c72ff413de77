import { Ground } from './ground.ts';
import type { Mutant, Trial } from './mutant.ts';
import { tryMutant, withoutMistakes } from './trial.ts';

export interface MutantsOptions {
  readonly mutants: readonly Mutant[];
  /** So many copies of the checkout, each with one mistake at a time. */
  readonly workers: number;
  readonly stop: AbortSignal;
  onTrial?(trial: Trial): void;
}

export interface MutantsOutcome {
  /** Tests that do not pass without any mistake; then nothing was planted. */
  readonly unfit: readonly string[];
  readonly trials: readonly Trial[];
  readonly durationMs: number;
}

/** Plants one mistake after the other, and sees whether the test that is named for it fails. */
export async function tryMutants({
  mutants,
  workers,
  stop,
  onTrial,
}: MutantsOptions): Promise<MutantsOutcome> {
  const startedMs = performance.now();
  const trials: Trial[] = [];
  const waiting = [...mutants];
  const work = async (ground: Ground) => {
    for (let next = waiting.shift(); next !== undefined && !stop.aborted; next = waiting.shift()) {
      const trial = await tryMutant(ground, next, stop);
      if (trial === null) return;
      trials.push(trial);
      onTrial?.(trial);
    }
  };
  using first = new Ground();
  const tests = mutants.map(({ caughtBy }) => caughtBy);
  const unfit = await withoutMistakes(first, tests, stop);
  if (unfit.length === 0 && !stop.aborted)
    await Promise.all(
      Array.from({ length: Math.min(workers, mutants.length) }, async (_, n) => {
        using own = n === 0 ? null : new Ground();
        await work(own ?? first);
      }),
    );
  return { unfit, trials, durationMs: performance.now() - startedMs };
}
