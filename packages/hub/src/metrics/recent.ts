import type { MetricName, RecentMetrics } from '@homelabcmd/protocol';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { knownServers } from './tiers/blocks.ts';
import type { MetricHistory } from './tiers/history.ts';
import { type StepsByStart, readSteps } from './tiers/read.ts';
import { keyOf, meanOf, shownOf } from './readings.ts';
import { startOf } from './tiers/tiers.ts';

const SHOWN_MINUTES = 60;
const SHOWN = ['cpu_percent', 'memory_percent', 'disk_percent'] as const satisfies MetricName[];
const KEYS = new Set(SHOWN.map((metric) => keyOf({ metric, label: null })));

/** The last hour of every server that said something in it, with the minute that runs as the last point. */
export async function recentMetrics(db: Store, clock: Clock, history: MetricHistory): Promise<RecentMetrics> {
  const { tiers } = history;
  const [, minutes] = tiers;
  const running = await history.running();
  const lastMs = startOf(clock.nowMs(), minutes.stepMs);
  const fromMs = lastMs - (SHOWN_MINUTES - 1) * minutes.stepMs;
  const serverIds = [...(await knownServers(db))].sort();
  const span = { serverIds, fromMs, toMs: lastMs + minutes.stepMs, isWanted: (key: string) => KEYS.has(key) };
  const found = await readSteps(db, { tiers, tier: minutes, running }, span);
  const line = (steps: StepsByStart, metric: MetricName) =>
    Array.from({ length: SHOWN_MINUTES }, (_, n) => {
      const cell = steps.get(fromMs + n * minutes.stepMs)?.cells.get(keyOf({ metric, label: null }));
      return cell === undefined ? null : Math.round(shownOf(metric, meanOf(cell)) * 10) / 10;
    });
  return {
    from: timestamp(fromMs),
    step_ms: minutes.stepMs,
    servers: serverIds.flatMap((server_id) => {
      const steps = found.get(server_id);
      if (steps === undefined) return [];
      return [
        {
          server_id,
          cpu_percent: line(steps, 'cpu_percent'),
          memory_percent: line(steps, 'memory_percent'),
          disk_percent: line(steps, 'disk_percent'),
        },
      ];
    }),
  };
}
