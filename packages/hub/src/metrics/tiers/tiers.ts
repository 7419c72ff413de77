import type { MetricTier } from '@homelabcmd/protocol';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps of one length, kept for one time. A block of a tier is a step of the next one, so that each is made out of one row. */
export interface Tier {
  readonly name: MetricTier;
  readonly stepMs: number;
  readonly blockMs: number;
  readonly keptMs: number;
}

/** For how long each tier is kept: settings. */
export type KeptMs = Readonly<Record<MetricTier, number>>;

/** The finest first. */
export type Tiers = readonly [Tier, Tier, Tier, Tier];

export const tiersOf = (keptMs: KeptMs): Tiers => [
  { name: '10s', stepMs: 10 * SECOND_MS, blockMs: MINUTE_MS, keptMs: keptMs['10s'] },
  { name: '1min', stepMs: MINUTE_MS, blockMs: 10 * MINUTE_MS, keptMs: keptMs['1min'] },
  { name: '10min', stepMs: 10 * MINUTE_MS, blockMs: HOUR_MS, keptMs: keptMs['10min'] },
  { name: '1h', stepMs: HOUR_MS, blockMs: DAY_MS, keptMs: keptMs['1h'] },
];

/** Where the step of this length begins that this moment is in. Steps are the same for all servers, and in UTC. */
export const startOf = (atMs: number, stepMs: number): number => Math.floor(atMs / stepMs) * stepMs;
