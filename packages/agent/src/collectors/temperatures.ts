import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricSample } from '@homelabcmd/protocol';
import { cut } from '../text.ts';
import type { Collector } from './collector.ts';

type Temperature = MetricSample['temperatures'][number];

/** One sensor as `/sys/class/hwmon` shows it. */
export interface SensorFiles {
  /** The file `name` of its chip: `coretemp`, `k10temp`, `nvme`, `drivetemp`. */
  readonly chip: string;
  /** `1` of `temp1_input`. */
  readonly n: number;
  /** `temp1_label`, where it has one. */
  readonly label: string | null;
  /** `temp1_input`: thousandths of a degree. */
  readonly input: string;
}

const MAX_SENSORS = 64;
/** A sensor that is not connected says anything: what no server has is no reading. */
const COLDEST = -60;
const HOTTEST = 150;

/** Two chips of one name, such as two disks, are told apart by a number, in the order of the kernel. */
export function parseTemperatures(sensors: readonly SensorFiles[]): Temperature[] {
  const temperatures: Temperature[] = [];
  const seen = new Map<string, number>();
  for (const { chip, n, label, input } of sensors) {
    const name = `${chip.trim()} ${label?.trim() || `temp${n}`}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const celsius = /^-?\d+$/.test(input.trim()) ? Number(input) / 1000 : Number.NaN;
    if (!(celsius >= COLDEST && celsius <= HOTTEST)) continue;
    temperatures.push({ sensor: cut(nth === 1 ? name : `${name} (${nth})`, 128), celsius });
  }
  return temperatures.slice(0, MAX_SENSORS);
}

/** A machine without sensors, such as a virtual one, has none. */
export const temperaturesCollector = (root = '/sys/class/hwmon'): Collector => ({
  name: 'temperatures',
  read: async () => {
    const chips = await names(root, /^hwmon(\d+)$/);
    const sensors = await Promise.all(chips.map(({ name }) => sensorsOf(join(root, name))));
    return { temperatures: parseTemperatures(sensors.flat()) };
  },
});

async function sensorsOf(folder: string): Promise<SensorFiles[]> {
  const chip = (await textOf(folder, 'name')) ?? '';
  const inputs = await names(folder, /^temp(\d+)_input$/);
  const sensors = await Promise.all(
    inputs.map(async ({ name, n }) => {
      const input = await textOf(folder, name);
      return input === null ? [] : [{ chip, n, label: await textOf(folder, `temp${n}_label`), input }];
    }),
  );
  return sensors.flat();
}

/** The names in a folder that a number is part of, by that number; none of a folder that is not there. */
async function names(folder: string, pattern: RegExp): Promise<{ name: string; n: number }[]> {
  const all = await readdir(folder).catch(() => []);
  return all
    .flatMap((name) => {
      const n = pattern.exec(name)?.[1];
      return n === undefined ? [] : [{ name, n: Number(n) }];
    })
    .toSorted((a, b) => a.n - b.n);
}

/** `null`: it is not there, or the sensor does not answer now, as that of a disk that sleeps. */
const textOf = (folder: string, name: string): Promise<string | null> =>
  readFile(join(folder, name), 'utf8').catch(() => null);
