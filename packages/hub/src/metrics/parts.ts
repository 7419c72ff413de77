import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { MetricHistory } from './tiers/history.ts';
import { LatestMetrics } from './latest.ts';
import { MetricRetention } from './tiers/retention.ts';
import { type KeptMs, tiersOf } from './tiers/tiers.ts';

/** What the hub knows of readings: the newest, and those that were, for as long as each tier is kept. */
export function metricParts(ground: { db: Store; clock: Clock; logger: Logger }, keptMs: KeptMs) {
  const parts = { ...ground, tiers: tiersOf(keptMs) };
  return {
    metrics: new LatestMetrics(ground.clock),
    history: new MetricHistory(parts),
    metricRetention: new MetricRetention(parts),
  };
}
