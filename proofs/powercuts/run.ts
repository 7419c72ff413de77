import { seeded } from '../report/seeded.ts';
import { agentSide } from './agent/side.ts';
import { hubSide } from './hub/side.ts';
import type { CutResult, Planted, Side } from './side.ts';

export interface PowercutsOptions {
  /** Losses of power on each side. */
  readonly cuts: number;
  readonly seed: number;
  /** How many of them one life has before another is recorded. */
  readonly cutsPerLife?: number;
  readonly sides?: readonly Side['name'][];
  readonly planted?: Planted;
  readonly stop?: AbortSignal;
  onCut?(soFar: PowercutsOutcome): void;
}

export interface Violation {
  readonly side: Side['name'];
  readonly life: number;
  readonly number: number;
  readonly cut: CutResult['cut'];
  readonly what: readonly string[];
}

/** What one side's losses of power came to. */
export interface SideTotals {
  cuts: number;
  lives: number;
  steps: number;
  syncs: number;
  promises: number;
  readonly outcomes: Record<string, number>;
  readonly disks: Record<string, number>;
}

export interface PowercutsOutcome {
  readonly seed: number;
  readonly totals: Record<Side['name'], SideTotals>;
  readonly violations: Violation[];
  durationMs: number;
}

const CUTS_PER_LIFE = 40;
/** A disk goes through so many lives, with a loss of power between them; then another one begins. */
const LIVES_OF_A_DISK = 4;

const noTotals = (): SideTotals => ({
  ...{ cuts: 0, lives: 0, steps: 0, syncs: 0, promises: 0, outcomes: {}, disks: {} },
});

/** Has both sides live, lose their power and find back, so many times each. */
export async function runPowercuts(options: PowercutsOptions): Promise<PowercutsOutcome> {
  const startedMs = performance.now();
  const outcome: PowercutsOutcome = {
    ...{ seed: options.seed, totals: { hub: noTotals(), agent: noTotals() }, violations: [], durationMs: 0 },
  };
  const makers = { hub: hubSide, agent: agentSide };
  for (const name of options.sides ?? (['hub', 'agent'] as const)) {
    await using side = makers[name](options.planted ?? null);
    await playSide(side, options, outcome, () => {
      outcome.durationMs = performance.now() - startedMs;
      options.onCut?.(outcome);
    });
  }
  return outcome;
}

async function playSide(
  side: Side,
  { cuts, seed, stop, cutsPerLife = CUTS_PER_LIFE }: PowercutsOptions,
  { totals, violations }: PowercutsOutcome,
  onCut: () => void,
): Promise<void> {
  const sums = totals[side.name];
  const salt = side.name === 'hub' ? 1 : 2;
  for (let number = 0; number < cuts && stop?.aborted !== true; number += 1) {
    const life = Math.floor(number / cutsPerLife);
    if (number % cutsPerLife === 0) {
      const facts = await side.live(seeded(seed, salt, life, 0x11fe), life % LIVES_OF_A_DISK === 0);
      sums.lives += 1;
      sums.steps += facts.steps;
      sums.syncs += facts.syncs;
    }
    const result = await side.cut(seeded(seed, salt, number));
    sums.cuts += 1;
    sums.promises += result.promises;
    addTo(sums.disks, result.cut.disk, 1);
    for (const [name, count] of Object.entries(result.outcomes)) addTo(sums.outcomes, name, count);
    if (result.violations.length > 0)
      violations.push({ side: side.name, life, number, cut: result.cut, what: result.violations });
    onCut();
  }
}

function addTo(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}
