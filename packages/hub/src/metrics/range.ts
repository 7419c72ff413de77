import { MAX_METRIC_POINTS } from '@homelabcmd/protocol';
import { Refusal } from '../lib/refusal.ts';
import { startOf, type Tier, type Tiers } from './tiers/tiers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Lengths that people can count by; those that are longer are whole days. Each holds whole steps of the tiers below it. */
const LENGTHS_MS = [
  ...[10_000, 20_000, 30_000],
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];

/** What is read, and in which steps it is told. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly tier: Tier;
}

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The two times that were asked for. @throws Refusal `invalid` */
export function spanOf({ from, to }: Asked, nowMs: number): { fromMs: number; toMs: number } {
  // What has not been yet holds nothing; this moment is a part of what has.
  const toMs = Math.min(to === undefined ? nowMs + 1 : Date.parse(to), nowMs + 1);
  const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(from);
  if (fromMs > nowMs) throw invalid('from', 'Use a time that has been.');
  if (fromMs >= toMs) throw invalid('from', 'Use a time before `to`.');
  if (fromMs < 0) throw invalid('from', 'Use a time from 1970 on.');
  return { fromMs, toMs };
}

const invalid = (path: string, message: string) =>
  new Refusal('invalid', message, { errors: [{ path, message }] });

/** The finest tier that reaches back to this time, or the last one. */
export function finestTier(tiers: Tiers, fromMs: number, nowMs: number): Tier {
  return tiers.find(({ keptMs }) => fromMs >= nowMs - keptMs) ?? tiers[3];
}

/** Steps as fine as the tiers have them so far back, and at most so many; read out of the coarsest tier that has them. */
export function rangeOf(
  tiers: Tiers,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  nowMs: number,
  points: number = MAX_METRIC_POINTS,
): Range {
  const finest = finestTier(tiers, fromMs, nowMs);
  // A range that begins in the midst of a step reaches into one step more.
  const wantedMs = Math.max(finest.stepMs, (toMs - fromMs - 1) / (points - 1));
  const stepMs = LENGTHS_MS.find((lengthMs) => lengthMs >= wantedMs) ?? Math.ceil(wantedMs / DAY_MS) * DAY_MS;
  const tier = tiers.findLast((one) => one.stepMs >= finest.stepMs && stepMs % one.stepMs === 0) ?? finest;
  return {
    ...{ tier, stepMs },
    fromMs: startOf(fromMs, stepMs),
    toMs: startOf(toMs + stepMs - 1, stepMs),
  };
}
