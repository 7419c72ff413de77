import { newOutcome, type PartOutcome } from '../finding.ts';
import { playAtAgent } from './at-agent.ts';
import { playAtHub } from './at-hub.ts';

export interface FramesOptions {
  readonly seed: number;
  readonly frames: number;
  readonly stop?: AbortSignal;
  onPart?(soFar: PartOutcome): void;
}

/** What the sides that are played tell of. */
export interface Telling {
  played(where: string): void;
  found(what: string, given: string): void;
  figure(name: string, value: string | number): void;
  isOver(): boolean;
}

/** Which share of the frames goes where: those that cost a connection each are fewer. */
const SHARES = { beforeHub: 0.03, atAgentInside: 0.15, atAgentBelow: 0.01 } as const;
const MOST_FINDINGS = 20;

/** Mutated frames for a real hub and a real agent, before and after each knows who the other is. */
export async function playFrames({ seed, frames, stop, onPart }: FramesOptions): Promise<PartOutcome> {
  const startedMs = performance.now();
  const outcome = newOutcome('frames', ['where', 'frames']);
  const counts = new Map<string, number>();
  const telling: Telling = {
    played(where) {
      counts.set(where, (counts.get(where) ?? 0) + 1);
      outcome.played += 1;
      outcome.durationMs = performance.now() - startedMs;
      if (outcome.played % 100 === 0) onPart?.(outcome);
    },
    found(what, given) {
      if (outcome.findings.length < MOST_FINDINGS)
        outcome.findings.push({
          what,
          given,
          replay: `npm run fuzz -- --part frames --seed ${seed} --frames ${frames}`,
        });
    },
    figure: (name, value) => void (outcome.figures[name] = value),
    isOver: () => stop?.aborted === true || outcome.findings.length >= MOST_FINDINGS,
  };
  const [before, inside, below] = [SHARES.beforeHub, SHARES.atAgentInside, SHARES.atAgentBelow].map((share) =>
    Math.ceil(share * frames),
  );
  await playAtHub(seed, before ?? 0, frames - (before ?? 0) - (inside ?? 0) - (below ?? 0), telling);
  if (!telling.isOver()) await playAtAgent(seed, inside ?? 0, below ?? 0, telling);
  outcome.table.rows.push(...counts);
  outcome.durationMs = performance.now() - startedMs;
  return outcome;
}
