import type { AgentFrame, SpooledFrame } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { Backfill, type BackfillParts } from './backfill.ts';
import { LatestMetrics } from './latest.ts';
import { MetricHistory } from './tiers/history.ts';
import { MetricRetention } from './tiers/retention.ts';
import { type KeptMs, tiersOf } from './tiers/tiers.ts';

type MetricsFrame = Extract<AgentFrame, { type: 'metrics' }>;

/** What the hub knows of readings: the newest, and those that were, for as long as each tier is kept. */
export function metricParts(
  ground: { db: Store; clock: Clock; logger: Logger },
  keptMs: KeptMs,
  send: BackfillParts['send'],
) {
  const parts = { ...ground, tiers: tiersOf(keptMs) };
  const metrics = new LatestMetrics(ground.clock);
  const history = new MetricHistory(parts);
  const backfill = new Backfill({ ...ground, history, send });
  return {
    ...{ metrics, history, backfill },
    metricRetention: new MetricRetention(parts),
    /** What each frame with readings leads to. */
    readingFrames: {
      metrics: async (serverId: string, { sample, services }: MetricsFrame) => {
        metrics.record(serverId, sample, services);
        history.record(serverId, sample);
      },
      spooled: (serverId: string, frame: SpooledFrame) => backfill.take(serverId, frame),
    },
  };
}
