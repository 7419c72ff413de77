import type { api } from '@homelabcmd/protocol';
import type { Handlers } from '../lib/handler.ts';
import type { LatestMetrics } from './latest.ts';
import type { MetricMinutes } from './minutes.ts';

export function metricHandlers(
  latest: LatestMetrics,
  minutes: MetricMinutes,
): Handlers<Pick<typeof api, 'latestMetrics' | 'recentMetrics'>> {
  return {
    latestMetrics: async () => ({ metrics: latest.all() }),
    recentMetrics: () => minutes.recent(),
  };
}
