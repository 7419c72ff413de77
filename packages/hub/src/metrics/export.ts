import { type api, METRICS, type QueryOf } from '@homelabcmd/protocol';
import { type Clock, timestamp } from '../lib/clock.ts';
import { type Column, exportFile, type FileAnswer } from '../lib/file-answer.ts';
import type { Store } from '../store/schema.ts';
import type { Step } from '../lib/series/block.ts';
import { assertServer, wantedBy } from './chart.ts';
import type { MetricHistory } from './tiers/history.ts';
import { finestTier, type Range, spanOf } from './range.ts';
import { readSteps } from './tiers/read.ts';
import { meanOf, seriesOf, shownOf } from './readings.ts';
import { startOf } from './tiers/tiers.ts';

/** One line of the file: one step of one series that has a reading. */
interface Line {
  readonly at: string;
  readonly step_ms: number;
  readonly metric: string;
  readonly label: string | null;
  readonly unit: string;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Of how many readings. */
  readonly readings: number;
  readonly is_backfilled: boolean;
}

const COLUMNS: readonly Column<Line>[] = [
  ['at', (line) => line.at],
  ['step_ms', (line) => line.step_ms],
  ['metric', (line) => line.metric],
  ['label', (line) => line.label],
  ['unit', (line) => line.unit],
  ['mean', (line) => line.mean],
  ['min', (line) => line.min],
  ['max', (line) => line.max],
  ['readings', (line) => line.readings],
  ['backfilled', (line) => (line.is_backfilled ? 'yes' : 'no')],
];
/** So many blocks are in memory at a time. */
const BLOCKS_AT_ONCE = 24;

interface Parts {
  readonly db: Store;
  readonly clock: Clock;
  readonly history: MetricHistory;
}

/** The readings of a server as a file, oldest first, made while it is sent. @throws Refusal */
export async function exportMetrics(
  parts: Parts,
  serverId: string,
  asked: QueryOf<typeof api.exportMetrics>,
): Promise<FileAnswer> {
  const nowMs = parts.clock.nowMs();
  const span = spanOf(asked, nowMs);
  await assertServer(parts.db, serverId);
  const tier = finestTier(parts.history.tiers, span.fromMs, nowMs);
  const { stepMs } = tier;
  const range = {
    ...{ tier, stepMs, fromMs: startOf(span.fromMs, stepMs), toMs: startOf(span.toMs + stepMs - 1, stepMs) },
  };
  const file = { name: `homelabcmd-metrics-${serverId}`, format: asked.format, columns: COLUMNS };
  return exportFile(nowMs, file, linesOf(parts, serverId, range, wantedBy(asked)));
}

async function* linesOf(
  { db, history }: Parts,
  serverId: string,
  { tier, fromMs, toMs }: Range,
  isWanted: (key: string) => boolean,
): AsyncGenerator<readonly Line[]> {
  const { tiers } = history;
  const partMs = BLOCKS_AT_ONCE * tier.blockMs;
  for (let partFromMs = fromMs; partFromMs < toMs; partFromMs = startOf(partFromMs + partMs, partMs)) {
    const partToMs = Math.min(toMs, startOf(partFromMs + partMs, partMs));
    const span = { serverIds: [serverId], fromMs: partFromMs, toMs: partToMs, isWanted };
    const steps = await readSteps(db, { tiers, tier, running: await history.running() }, span);
    const inOrder = [...(steps.get(serverId) ?? [])].toSorted(([a], [b]) => a - b);
    const lines = inOrder.flatMap(([atMs, step]) => linesOfStep(atMs, tier.stepMs, step));
    if (lines.length > 0) yield lines;
  }
}

function linesOfStep(atMs: number, step_ms: number, { cells, isBackfilled }: Step): Line[] {
  return [...cells].flatMap(([key, cell]) => {
    const series = seriesOf(key);
    if (series === null) return [];
    const { metric, label } = series;
    const shown = (kept: number) => shownOf(metric, kept);
    return [
      {
        ...{ at: timestamp(atMs), step_ms, metric, label, unit: METRICS[metric].unit },
        ...{ mean: shown(meanOf(cell)), min: shown(cell.min), max: shown(cell.max) },
        ...{ readings: cell.count, is_backfilled: isBackfilled },
      },
    ];
  });
}
