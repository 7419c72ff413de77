import type { MetricSample, ServiceUsage } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { Backfill, type BackfillParts } from './backfill.ts';
import { LatestMetrics } from './latest.ts';
import { MetricHistory } from './tiers/history.ts';
import { MetricRetention } from './tiers/retention.ts';
import { type KeptMs, tiersOf } from './tiers/tiers.ts';

/** What the hub knows of readings: the newest, and those that were, for as long as each tier is kept. */
export function metricParts(
  ground: { db: Store; clock: Clock; logger: Logger },
  keptMs: KeptMs,
  send: BackfillParts['send'],
) {
  const parts = { ...ground, tiers: tiersOf(keptMs) };
  const metrics = new LatestMetrics(ground.clock);
  const history = new MetricHistory(parts);
  return {
    ...{ metrics, history },
    metricRetention: new MetricRetention(parts),
    backfill: new Backfill({ ...ground, history, send }),
    /** What an agent reads now. */
    record: (serverId: string, { sample, services }: { sample: MetricSample; services: ServiceUsage[] }) => {
      metrics.record(serverId, sample, services);
      history.record(serverId, sample);
    },
  };
}
