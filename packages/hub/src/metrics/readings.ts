import { type MetricName, type MetricSample, valuesOf } from '@homelabcmd/protocol';
import { type Cell, cellOf, merged } from '../lib/series/cell.ts';

/**
 * How each metric is kept: its name in the blocks, which stays for ever, and how many there are to one of its unit. What is
 * kept is whole.
 */
const KEPT_AS: Readonly<Record<MetricName, { readonly code: string; readonly scale: number }>> = {
  cpu_percent: { code: '1', scale: 100 },
  memory_percent: { code: '2', scale: 100 },
  disk_percent: { code: '3', scale: 100 },
  load_1m: { code: '4', scale: 100 },
  swap_percent: { code: '5', scale: 100 },
  network_received_bytes_per_second: { code: '6', scale: 1 },
  network_sent_bytes_per_second: { code: '7', scale: 1 },
  disk_read_bytes_per_second: { code: '8', scale: 1 },
  disk_written_bytes_per_second: { code: '9', scale: 1 },
  temperature_celsius: { code: '10', scale: 10 },
};
const NAMES = Object.keys(KEPT_AS) as MetricName[];
const BY_CODE = new Map(NAMES.map((name) => [KEPT_AS[name].code, name]));

/** A metric, and of what on the server where there are several: a mount, an interface, a sensor. */
export interface Series {
  readonly metric: MetricName;
  readonly label: string | null;
}

/** The name of a series in a block. */
export const keyOf = ({ metric, label }: Series): string =>
  label === null ? KEPT_AS[metric].code : `${KEPT_AS[metric].code}:${label}`;

/** `null`: a metric that only a newer version knows. */
export function seriesOf(key: string): Series | null {
  const end = key.indexOf(':');
  const metric = BY_CODE.get(end < 0 ? key : key.slice(0, end));
  return metric === undefined ? null : { metric, label: end < 0 ? null : key.slice(end + 1) };
}

/** A number as people know it, of one that is kept. Two digits more than a reading has are worth something in a mean. */
export const shownOf = (metric: MetricName, kept: number): number =>
  Math.round(kept * 100) / 100 / KEPT_AS[metric].scale;

export const meanOf = ({ sum, count }: Cell): number => sum / count;

/** All that is kept of a sample. `weight`: for how many samples this one stands. */
export function cellsOf(sample: MetricSample, weight = 1): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { metric, label, value } of valuesOf(sample)) {
    const key = keyOf({ metric, label });
    if (!cells.has(key)) cells.set(key, cellOf(value * KEPT_AS[metric].scale, weight));
  }
  return cells;
}

/** More than a sample can name: an agent that calls its disks otherwise each time cannot fill the store. */
const SERIES_A_STEP = 512;

/** Adds what was read to what was read before in the same step. */
export function addTo(cells: Map<string, Cell>, more: ReadonlyMap<string, Cell>): void {
  for (const [key, cell] of more) {
    if (cells.size >= SERIES_A_STEP && !cells.has(key)) continue;
    cells.set(key, merged(cells.get(key), cell) ?? cell);
  }
}
