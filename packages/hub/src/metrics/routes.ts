import type { api } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { serverMetrics } from './chart.ts';
import { exportMetrics } from './export.ts';
import type { MetricHistory } from './tiers/history.ts';
import type { LatestMetrics } from './latest.ts';
import { recentMetrics } from './recent.ts';

type Routes = Pick<typeof api, 'latestMetrics' | 'recentMetrics' | 'serverMetrics' | 'exportMetrics'>;

export interface MetricParts {
  readonly db: Store;
  readonly clock: Clock;
  readonly latest: LatestMetrics;
  readonly history: MetricHistory;
}

export function metricHandlers(parts: MetricParts): Handlers<Routes> {
  const { db, clock, latest, history } = parts;
  return {
    latestMetrics: async () => ({ metrics: latest.all() }),
    recentMetrics: () => recentMetrics(db, clock, history),
    serverMetrics: ({ params, query }) => serverMetrics(parts, params.server_id, query),
    exportMetrics: ({ params, query }) => exportMetrics(parts, params.server_id, query),
  };
}
