import type { PartOutcome } from './finding.ts';
import { playFrames } from './frames/play.ts';
import { CALLERS } from './http/house.ts';
import { OPERATIONS, playHttp } from './http/play.ts';
import { playNames } from './names/play.ts';

export const PARTS = ['http', 'frames', 'names'] as const;
export type PartName = (typeof PARTS)[number];
export const isPart = (text: string): text is PartName => (PARTS as readonly string[]).includes(text);

export interface FuzzOptions {
  readonly seed: number;
  readonly examples: number;
  readonly frames: number;
  readonly names: number;
  readonly lines: number;
  readonly operation: string | null;
  readonly caller: string | null;
  readonly path: string | null;
  readonly stop?: AbortSignal;
}

/** How many inputs there will be. */
export function totalOf(
  parts: readonly PartName[],
  { examples, frames, names, operation, caller }: FuzzOptions,
): number {
  const requests = examples * (operation === null ? OPERATIONS : 1) * (caller === null ? CALLERS.length : 1);
  const totals: Record<PartName, number> = { http: requests, frames, names };
  return parts.reduce((sum, part) => sum + totals[part], 0);
}

/** Plays one part after the other. */
export async function playParts(
  parts: readonly PartName[],
  options: FuzzOptions,
  onPart: (soFar: PartOutcome) => void,
  onEnd: (outcome: PartOutcome) => void,
): Promise<PartOutcome[]> {
  const plays: Record<PartName, () => Promise<PartOutcome>> = {
    http: () => playHttp({ ...options, onPart }),
    frames: () => playFrames({ ...options, onPart }),
    names: () => playNames({ ...options, onPart }),
  };
  const outcomes: PartOutcome[] = [];
  for (const part of parts) {
    if (options.stop?.aborted) break;
    const outcome = await plays[part]();
    outcomes.push(outcome);
    onEnd(outcome);
  }
  return outcomes;
}
