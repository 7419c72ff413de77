import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { meanOf, seriesOf, shownOf } from './readings.ts';
import { knownServers } from './tiers/blocks.ts';
import type { MetricHistory } from './tiers/history.ts';
import { readSteps } from './tiers/read.ts';
import { startOf } from './tiers/tiers.ts';

const DAYS_MS = 7 * 86_400_000;

interface Point {
  readonly atMs: number;
  readonly percent: number;
}

/** How full each disk of each server was in each hour of the last week, oldest first. */
export async function diskHistory(
  db: Store,
  clock: Clock,
  history: MetricHistory,
): Promise<Map<string, Map<string, Point[]>>> {
  const { tiers } = history;
  const [, , , hours] = tiers;
  const running = await history.running();
  const toMs = startOf(clock.nowMs(), hours.stepMs) + hours.stepMs;
  const serverIds = [...(await knownServers(db))];
  const span = { serverIds, fromMs: toMs - DAYS_MS, toMs, isWanted: (key: string) => diskOf(key) !== null };
  const found = await readSteps(db, { tiers, tier: hours, running }, span);
  const servers = new Map<string, Map<string, Point[]>>();
  for (const [serverId, steps] of found) {
    const disks = new Map<string, Point[]>();
    servers.set(serverId, disks);
    for (const [atMs, { cells }] of [...steps].sort(([a], [b]) => a - b))
      for (const [key, cell] of cells) {
        const disk = diskOf(key);
        if (disk === null) continue;
        const points = disks.get(disk) ?? [];
        disks.set(disk, points);
        points.push({ atMs, percent: shownOf('disk_percent', meanOf(cell)) });
      }
  }
  return servers;
}

function diskOf(key: string): string | null {
  const series = seriesOf(key);
  return series?.metric === 'disk_percent' ? series.label : null;
}
