import type { MetricHistory, MetricName } from '@homelabcmd/protocol';
import { bytes } from '../../lib/units.ts';

export type Series = MetricHistory['series'][number];

/** One chart: which metrics it draws, and how its values are written. */
export interface Panel {
  readonly id: string;
  readonly name: string;
  readonly metrics: readonly MetricName[];
  readonly write: (value: number) => string;
  /** The end of the scale, where it is always the same. */
  readonly top?: number;
  /** What a line is called. */
  readonly wordOf: (series: Series) => string;
  /** Of several things of a kind one at a time is drawn: all lines of an interface, of a disk. */
  readonly isByLabel?: true;
  /** A line of which there are others is left out: that of the fullest disk is one of the disks. */
  readonly isDrawn?: (series: Series) => boolean;
}

const percent = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
const rate = (value: number): string => `${bytes(value)}/s`;
const labelOf = ({ label }: Series): string => label ?? '';
const directions =
  (first: MetricName, words: readonly [string, string]) =>
  ({ metric }: Series): string =>
    words[metric === first ? 0 : 1];

/** The charts in the order in which they stand. One without a reading is not there. */
export const PANELS: readonly Panel[] = [
  {
    ...{ id: 'cpu', name: 'CPU', metrics: ['cpu_percent'], write: percent, top: 100 },
    wordOf: () => 'CPU',
  },
  {
    ...{
      id: 'memory',
      name: 'Memory',
      metrics: ['memory_percent', 'swap_percent'],
      write: percent,
      top: 100,
    },
    wordOf: directions('memory_percent', ['Memory', 'Swap']),
  },
  {
    ...{ id: 'disks', name: 'Disks', metrics: ['disk_percent'], write: percent, top: 100, wordOf: labelOf },
    isDrawn: ({ label }) => label !== null,
  },
  {
    ...{ id: 'network', name: 'Network', write: rate, isByLabel: true },
    metrics: ['network_received_bytes_per_second', 'network_sent_bytes_per_second'],
    wordOf: directions('network_received_bytes_per_second', ['in', 'out']),
  },
  {
    ...{ id: 'load', name: 'Load', metrics: ['load_1m'], write: (value) => value.toFixed(2) },
    wordOf: () => 'Load',
  },
  {
    ...{ id: 'disk-io', name: 'Disk reads and writes', write: rate, isByLabel: true },
    metrics: ['disk_read_bytes_per_second', 'disk_written_bytes_per_second'],
    wordOf: directions('disk_read_bytes_per_second', ['read', 'written']),
  },
  {
    ...{ id: 'temperature', name: 'Temperature', metrics: ['temperature_celsius'] },
    ...{ write: (value) => `${Math.round(value)} °C`, wordOf: labelOf },
  },
];

/** The series of a panel. */
export const seriesOf = ({ metrics, isDrawn }: Panel, history: MetricHistory): readonly Series[] =>
  history.series.filter(
    (series) => metrics.includes(series.metric) && (isDrawn === undefined || isDrawn(series)),
  );

/** What there are several of, the busiest first. */
export function labelsOf(series: readonly Series[]): readonly string[] {
  const busiest = new Map<string, number>();
  for (const { label, max } of series)
    busiest.set(label ?? '', Math.max(busiest.get(label ?? '') ?? 0, greatestOf(max)));
  return [...busiest].toSorted(([, a], [, b]) => b - a).map(([label]) => label);
}

/** The greatest of some values; 0 where there is none. */
export const greatestOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0);

const STEPS = [1, 1.5, 2, 3, 4, 5, 7.5, 10] as const;

/** The end of a scale: a round number above all of it. Of bytes it is round in their unit. */
export function roundTop(greatest: number, panel: Panel): number {
  if (panel.top !== undefined) return panel.top;
  if (greatest <= 0) return 1;
  const base = panel.isByLabel ? 1024 ** Math.floor(Math.log(greatest) / Math.log(1024)) : 1;
  const inUnit = greatest / base;
  const magnitude = 10 ** Math.floor(Math.log10(inUnit));
  return base * magnitude * (STEPS.find((step) => step * magnitude >= inUnit) ?? 10);
}
