import { type Drill, type DrillResult, playDrill, WAYS } from './drill.ts';

export interface RestoresOptions {
  readonly seed: number;
  readonly restores: number;
  readonly stop?: AbortSignal;
  onPart?(outcome: RestoresOutcome): void;
}

export interface RestoresOutcome {
  readonly results: readonly DrillResult[];
  /** Drills that came to no end, each with why. */
  readonly strays: readonly string[];
  readonly durationMs: number;
}

/** For so many restores that lose something there is one that loses nothing, to see that it is let be. */
const LOSING_TO_ONE_THAT_DOES_NOT = 5;

export function drillsOf({ seed, restores }: Pick<RestoresOptions, 'seed' | 'restores'>): Drill[] {
  const wayOf = (number: number) => WAYS[number % WAYS.length] ?? 'by hand';
  const losing = Array.from({ length: restores }, (_, number) => ({
    ...{ seed, number, way: wayOf(number), isAnythingLost: true },
  }));
  const others = Math.ceil(restores / LOSING_TO_ONE_THAT_DOES_NOT);
  const losingNone = Array.from({ length: others }, (_, n) => ({
    ...{ seed, number: restores + n, way: wayOf(n), isAnythingLost: false },
  }));
  return [...losing, ...losingNone];
}

/** Plays the drills one after the other. */
export async function playRestores(options: RestoresOptions): Promise<RestoresOutcome> {
  const startedMs = performance.now();
  const results: DrillResult[] = [];
  const strays: string[] = [];
  const outcome = () => ({ results, strays, durationMs: performance.now() - startedMs });
  for (const drill of drillsOf(options)) {
    if (options.stop?.aborted === true) break;
    try {
      results.push(await playDrill(drill));
    } catch (error) {
      strays.push(
        `Drill ${drill.number} (${drill.way}): ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    options.onPart?.(outcome());
  }
  return outcome();
}
