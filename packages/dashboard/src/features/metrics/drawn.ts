import type { DayMark, MetricHistory } from '@homelabcmd/protocol';
import { PLOT_LOOKS, type PlotLine, type PlotRule, type PlotStretch } from '../../ui/plot/plot-data.ts';
import { type Panel, type Series, greatestOf, labelsOf, roundTop, seriesOf } from './panels.ts';
import { pointWords } from './time-axis.ts';

/** When what is drawn is from, the same in all charts. */
export interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: readonly number[];
  readonly rules: readonly PlotRule[];
  readonly hatched: readonly PlotStretch[];
}

/** A chart as it is drawn, and what its lines are called. */
export interface Drawn {
  readonly series: readonly Series[];
  readonly lines: readonly PlotLine[];
  readonly top: number;
  /** Things of a kind of which one at a time is drawn. */
  readonly labels: readonly string[];
  /** So many lines are in the table alone. */
  readonly undrawn: number;
}

export function frameOf(history: MetricHistory, marks: readonly DayMark[], spanMs: number | null): Frame {
  const beginMs = Date.parse(history.from);
  const toMs = Date.parse(history.to);
  const length = Math.round((toMs - beginMs) / history.step_ms);
  return {
    // While the page is open, the window goes along.
    fromMs: spanMs === null ? beginMs : Math.max(beginMs, toMs - spanMs),
    toMs,
    atMs: Array.from({ length }, (_, step) => beginMs + step * history.step_ms),
    rules: marks.map(({ kind, at, until }) => ({
      fromMs: Date.parse(at),
      toMs: until === null ? toMs : Date.parse(until),
      tone: kind === 'restart' ? 'acc' : 'bad',
    })),
    hatched: history.backfilled.map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) })),
  };
}

/** The lines of a chart: at most as many as differ at a glance, those that reach highest. */
export function drawnOf(panel: Panel, history: MetricHistory, chosen: string | null): Drawn {
  const all = seriesOf(panel, history);
  const labels = panel.isByLabel ? labelsOf(all) : [];
  const label = chosen !== null && labels.includes(chosen) ? chosen : labels[0];
  const wanted = panel.isByLabel ? all.filter((one) => one.label === label) : all;
  const highest = panel.metrics.length > 1 ? wanted : byHeight(wanted);
  const series = highest.slice(0, PLOT_LOOKS.length);
  return {
    series,
    lines: series.map(({ mean, min, max }, n) => ({ look: PLOT_LOOKS[n] ?? 'fourth', mean, min, max })),
    top: roundTop(Math.max(0, ...series.map(({ max }) => greatestOf(max))), panel),
    labels,
    undrawn: wanted.length - series.length,
  };
}

const byHeight = (series: readonly Series[]): readonly Series[] =>
  series.toSorted((a, b) => greatestOf(b.max) - greatestOf(a.max));

/** A point of a line: its mean, and from where to where the readings went. */
export function valueWords({ mean, min, max }: Series, point: number, write: Panel['write']): string {
  const value = mean[point] ?? null;
  if (value === null) return 'no reading';
  const low = write(min[point] ?? value);
  const high = write(max[point] ?? value);
  return low === high ? write(value) : `${write(value)} (${low} to ${high})`;
}

/** A point of a chart in one line: `09:35: 41 % (38 % to 52 %)`. Briefly: of several lines the means alone. */
export function pointOf(
  panel: Panel,
  { series }: Drawn,
  { frame, point, isBrief }: { frame: Frame; point: number; isBrief: boolean },
): string {
  const at = frame.atMs[point];
  if (at === undefined) return 'No readings';
  const values = series.map((one) => {
    const mean = one.mean[point] ?? null;
    const words =
      isBrief && series.length > 1 && mean !== null ? panel.write(mean) : valueWords(one, point, panel.write);
    return series.length === 1 ? words : `${panel.wordOf(one)} ${words}`;
  });
  return `${pointWords(at, frame.toMs - frame.fromMs)}: ${values.join(', ')}`;
}
