import { METRICS, type MetricName, MetricSample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { cellOf } from '../lib/series/cell.ts';
import { addTo, cellsOf, keyOf, meanOf, type Series, seriesOf, shownOf } from './readings.ts';

const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

test('all that an agent tells is kept, each thing by its name', () => {
  const sample = MetricSample.parse({
    ...{ cpu_percent: 12.34, load_1m: 0.5, load_5m: 9, uptime_seconds: 9 },
    ...{ memory_used_bytes: 1, memory_total_bytes: 4, swap_used_bytes: 1, swap_total_bytes: 8 },
    disks: [
      { mount: '/', used_bytes: 1, total_bytes: 2 },
      { mount: '/mnt/a:b', used_bytes: 3, total_bytes: 4 },
    ],
    disk_io: [{ device: 'sda', read_bytes_per_second: 5, written_bytes_per_second: 6 }],
    network: [{ interface: 'eth0', received_bytes_per_second: 7, sent_bytes_per_second: 8 }],
    temperatures: [{ sensor: 'nvme Composite', celsius: -0.5 }],
  });
  const kept = [...cellsOf(sample)].map(([key, cell]) => {
    const { metric, label } = seriesOf(key) as Series;
    return [metric, label, shownOf(metric, meanOf(cell))];
  });
  expect(kept).toEqual([
    ['cpu_percent', null, 12.34],
    ['memory_percent', null, 25],
    ['load_1m', null, 0.5],
    ['disk_percent', null, 75],
    ['disk_percent', '/', 50],
    ['disk_percent', '/mnt/a:b', 75],
    ['swap_percent', null, 12.5],
    ['network_received_bytes_per_second', 'eth0', 7],
    ['network_sent_bytes_per_second', 'eth0', 8],
    ['disk_read_bytes_per_second', 'sda', 5],
    ['disk_written_bytes_per_second', 'sda', 6],
    ['temperature_celsius', 'nvme Composite', -0.5],
  ]);
});

test('what is not there is not kept: a server without swap has no swap that is 0 % full', () => {
  expect(cellsOf(MetricSample.parse({ swap_used_bytes: 0, swap_total_bytes: 0 })).size).toBe(0);
});

test('the names of series in the store stay what they are, and are told apart', () => {
  expect(METRIC_NAMES.map((metric) => `${keyOf({ metric, label: null })} ${metric}`)).toEqual([
    '1 cpu_percent',
    '2 memory_percent',
    '3 disk_percent',
    '4 load_1m',
    '5 swap_percent',
    '6 network_received_bytes_per_second',
    '7 network_sent_bytes_per_second',
    '8 disk_read_bytes_per_second',
    '9 disk_written_bytes_per_second',
    '10 temperature_celsius',
  ]);
  for (const metric of METRIC_NAMES)
    for (const label of [null, '', ':', 'a:b'])
      expect(seriesOf(keyOf({ metric, label }))).toEqual({ metric, label });
  expect(seriesOf('999:/')).toBeNull();
});

test('an agent that calls its disks otherwise each time has no more series than a step holds', () => {
  const cells = cellsOf(MetricSample.parse({ cpu_percent: 1 }));
  for (let n = 0; n < 1000; n += 1) addTo(cells, new Map([[`3:/mnt/${n}`, cellOf(1)]]));
  addTo(cells, cellsOf(MetricSample.parse({ cpu_percent: 3 })));
  expect(cells.size).toBe(512);
  expect(cells.get('1')).toEqual({ count: 2, sum: 400, min: 100, max: 300 });
});
