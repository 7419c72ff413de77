import { onThreads } from '../report/threads.ts';
import type { Planted } from '../world/fleet/fleet.ts';
import type { SeedResult } from './seed.ts';

/** What a number of seeds came to, summed up. */
export interface Totals {
  seeds: number;
  simulatedMs: number;
  happenings: number;
  frames: number;
  statements: number;
  runs: number;
  calls: number;
  /** Processor time of the workers. */
  cpuMs: number;
  readonly faults: Record<string, number>;
  readonly outcomes: Record<string, number>;
}

export interface Failure {
  readonly seed: number;
  readonly violations: readonly string[];
}

/** What a worker is asked for. */
export interface Slice {
  readonly from: number;
  readonly count: number;
  readonly planted?: Planted | undefined;
}

/** What it answers. */
export interface SliceResult {
  readonly totals: Totals;
  readonly failures: readonly Failure[];
  /** Of each seed, in order. */
  readonly digests: readonly string[];
}

export interface SeedsOptions {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly planted?: Planted;
  readonly stop?: AbortSignal;
  onSlice?(soFar: SeedsOutcome): void;
}

export interface SeedsOutcome {
  readonly totals: Totals;
  readonly failures: Failure[];
  readonly digests: Map<number, readonly string[]>;
  durationMs: number;
}

const SLICE = 25;

export const noTotals = (): Totals => ({
  ...{ seeds: 0, simulatedMs: 0, happenings: 0, frames: 0, statements: 0, runs: 0, calls: 0, cpuMs: 0 },
  ...{ faults: {}, outcomes: {} },
});

function addCounts(into: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count;
}

export function addSeed(totals: Totals, result: SeedResult): void {
  totals.seeds += 1;
  for (const name of ['simulatedMs', 'happenings', 'frames', 'statements', 'runs', 'calls'] as const)
    totals[name] += result[name];
  addCounts(totals.faults, result.faults);
  addCounts(totals.outcomes, result.outcomes);
}

function addTotals(into: Totals, from: Totals): void {
  for (const name of ['seeds', 'simulatedMs', 'happenings', 'frames', 'statements'] as const)
    into[name] += from[name];
  for (const name of ['runs', 'calls', 'cpuMs'] as const) into[name] += from[name];
  addCounts(into.faults, from.faults);
  addCounts(into.outcomes, from.outcomes);
}

/** Plays seeds on several threads; it ends early when it is stopped. @throws when a worker breaks */
export async function playSeeds(options: SeedsOptions): Promise<SeedsOutcome> {
  const startedMs = performance.now();
  const outcome: SeedsOutcome = { totals: noTotals(), failures: [], digests: new Map(), durationMs: 0 };
  let next = options.from;
  const endOfSeeds = options.from + options.seeds;
  const slices = (): Slice | null => {
    if (next >= endOfSeeds || options.stop?.aborted) return null;
    const from = next;
    next = Math.min(endOfSeeds, next + SLICE);
    return { from, count: next - from, planted: options.planted };
  };
  const take = (slice: Slice, result: SliceResult) => {
    addTotals(outcome.totals, result.totals);
    outcome.failures.push(...result.failures);
    outcome.digests.set(slice.from, result.digests);
    outcome.durationMs = performance.now() - startedMs;
    options.onSlice?.(outcome);
  };
  await onThreads<Slice, SliceResult>({
    ...{ file: new URL('./worker.ts', import.meta.url), threads: options.workers },
    ...{ next: slices, take },
  });
  outcome.failures.sort((a, b) => a.seed - b.seed);
  return outcome;
}
