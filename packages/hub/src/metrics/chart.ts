import {
  type api,
  METRICS,
  type MetricHistory as MetricHistoryAnswer,
  type QueryOf,
} from '@homelabcmd/protocol';
import { type Clock, timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Step } from '../lib/series/block.ts';
import type { Store } from '../store/schema.ts';
import type { MetricHistory } from './tiers/history.ts';
import { rangeOf, type Range, spanOf } from './range.ts';
import { type StepsByStart, readSteps } from './tiers/read.ts';
import { meanOf, seriesOf, shownOf } from './readings.ts';
import { asOneStep } from './tiers/roll-up.ts';
import { startOf } from './tiers/tiers.ts';

type Asked = QueryOf<typeof api.serverMetrics>;

/** The readings of a server between two times, in equal steps. @throws Refusal */
export async function serverMetrics(
  { db, clock, history }: { db: Store; clock: Clock; history: MetricHistory },
  serverId: string,
  asked: Asked,
): Promise<MetricHistoryAnswer> {
  const nowMs = clock.nowMs();
  const range = rangeOf(history.tiers, spanOf(asked, nowMs), nowMs, asked.points);
  await assertServer(db, serverId);
  const parts = { tiers: history.tiers, tier: range.tier, running: await history.running() };
  const span = { ...range, serverIds: [serverId], isWanted: wantedBy(asked) };
  const found = (await readSteps(db, parts, span)).get(serverId) ?? new Map<number, Step>();
  const steps = range.stepMs === range.tier.stepMs ? found : joined(found, range);
  return {
    server_id: serverId,
    from: timestamp(range.fromMs),
    to: timestamp(range.toMs),
    step_ms: range.stepMs,
    tier: range.tier.name,
    series: seriesIn(steps, range),
    backfilled: backfilledIn(steps, range),
  };
}

/** @throws Refusal `not_found` */
export async function assertServer(db: Store, serverId: string): Promise<void> {
  const found = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!found) throw new Refusal('not_found', 'Server not found');
}

/** Whether a series is among the metrics that were asked for; a metric that only a newer version knows never is. */
export function wantedBy({ metric }: Pick<Asked, 'metric'>): (key: string) => boolean {
  // Asked of every series of every block, of which there are few.
  const known = new Map<string, boolean>();
  return (key) => {
    let isWanted = known.get(key);
    if (isWanted === undefined) {
      const series = seriesOf(key);
      isWanted = series !== null && (metric === undefined || metric.includes(series.metric));
      known.set(key, isWanted);
    }
    return isWanted;
  };
}

/** Steps of the tier as the longer ones that are told. */
function joined(steps: StepsByStart, { stepMs }: Range): StepsByStart {
  const byStart = Map.groupBy(steps, ([atMs]) => startOf(atMs, stepMs));
  const longer: StepsByStart = new Map();
  for (const [atMs, some] of byStart) {
    const step = asOneStep(some.map(([, one]) => one));
    if (step !== undefined) longer.set(atMs, step);
  }
  return longer;
}

function seriesIn(steps: StepsByStart, { fromMs, toMs, stepMs }: Range): MetricHistoryAnswer['series'] {
  const keys = new Set<string>();
  for (const { cells } of steps.values()) for (const key of cells.keys()) keys.add(key);
  const length = (toMs - fromMs) / stepMs;
  const found = [...keys].flatMap((key) => {
    const series = seriesOf(key);
    if (series === null) return [];
    const gaps = () => Array<number | null>(length).fill(null);
    const points = { mean: gaps(), min: gaps(), max: gaps() };
    for (const [atMs, { cells }] of steps) {
      const cell = cells.get(key);
      if (cell === undefined) continue;
      const n = (atMs - fromMs) / stepMs;
      points.mean[n] = shownOf(series.metric, meanOf(cell));
      points.min[n] = shownOf(series.metric, cell.min);
      points.max[n] = shownOf(series.metric, cell.max);
    }
    return [{ ...series, unit: METRICS[series.metric].unit, ...points }];
  });
  const order = Object.keys(METRICS);
  return found.toSorted(
    (a, b) =>
      order.indexOf(a.metric) - order.indexOf(b.metric) || ((a.label ?? '') < (b.label ?? '') ? -1 : 1),
  );
}

function backfilledIn(steps: StepsByStart, { stepMs }: Range): MetricHistoryAnswer['backfilled'] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  const starts = [...steps].filter(([, step]) => step.isBackfilled).map(([atMs]) => atMs);
  for (const atMs of starts.toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last?.toMs === atMs) last.toMs = atMs + stepMs;
    else stretches.push({ fromMs: atMs, toMs: atMs + stepMs });
  }
  return stretches.map(({ fromMs, toMs }) => ({ from: timestamp(fromMs), to: timestamp(toMs) }));
}
