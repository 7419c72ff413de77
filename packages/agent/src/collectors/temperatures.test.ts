import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseTemperatures, temperaturesCollector } from './temperatures.ts';

const sensor = (chip: string, n: number, label: string | null, input: string) => ({
  ...{ chip: `${chip}\n`, n, label: label === null ? null : `${label}\n`, input: `${input}\n` },
});

test('sensors are called by their chip and their label, and two of one name are told apart', () => {
  expect(
    parseTemperatures([
      sensor('coretemp', 1, 'Package id 0', '48000'),
      sensor('nvme', 1, 'Composite', '38850'),
      sensor('nvme', 1, 'Composite', '41850'),
      sensor('cpu_thermal', 1, null, '-2500'),
    ]),
  ).toEqual([
    { sensor: 'coretemp Package id 0', celsius: 48 },
    { sensor: 'nvme Composite', celsius: 38.85 },
    { sensor: 'nvme Composite (2)', celsius: 41.85 },
    { sensor: 'cpu_thermal temp1', celsius: -2.5 },
  ]);
});

test.each(['', 'nothing', '255000', '-128000', '65261850'])('%j is no temperature of a server', (input) => {
  expect(parseTemperatures([sensor('it8728', 1, null, input)])).toEqual([]);
});

test('the number of a sensor that has no reading now is still taken, so that the others keep their names', () => {
  const two = [sensor('drivetemp', 1, null, ''), sensor('drivetemp', 1, null, '31000')];
  expect(parseTemperatures(two)).toEqual([{ sensor: 'drivetemp temp1 (2)', celsius: 31 }]);
});

test('chips and sensors are read in the order of their numbers; a machine without any has none', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hwmon-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const lay = (folder: string, files: Record<string, string>) => {
    mkdirSync(join(root, folder));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text);
  };
  lay('hwmon10', { name: 'nvme\n', temp1_input: '40000\n', temp1_label: 'Composite\n' });
  lay('hwmon2', { name: 'k10temp\n', temp1_input: '50500\n', temp3_input: '51000\n', temp1_crit: '95000\n' });
  lay('hwmon3', { name: 'fan\n', fan1_input: '900\n' });
  mkdirSync(join(root, 'hwmon2/temp4_input'));
  expect(await temperaturesCollector(root).read()).toEqual({
    temperatures: [
      { sensor: 'k10temp temp1', celsius: 50.5 },
      { sensor: 'k10temp temp3', celsius: 51 },
      { sensor: 'nvme Composite', celsius: 40 },
    ],
  });
  expect(await temperaturesCollector(join(root, 'none')).read()).toEqual({ temperatures: [] });
});
