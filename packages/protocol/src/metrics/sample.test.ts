import { expect, test } from 'vitest';
import { MetricSample, NO_READINGS } from './sample.ts';

test('what an older agent does not tell is missing, and what a newer one tells besides is passed over', () => {
  // As agents of 0.1.0 tell it.
  const older = {
    ...{ cpu_percent: 3, load_1m: 0.1, load_5m: 0.2, load_15m: 0.3, uptime_seconds: 100 },
    ...{ memory_used_bytes: 1, memory_total_bytes: 2 },
    disks: [{ mount: '/', used_bytes: 1, total_bytes: 2 }],
  };
  expect(MetricSample.parse(older)).toEqual({
    ...older,
    ...{ swap_used_bytes: null, swap_total_bytes: null, disk_io: [], network: [], temperatures: [] },
  });
  const disks = [{ mount: '/', used_bytes: 1, total_bytes: 2, inodes: 7 }];
  expect(MetricSample.parse({ ...older, disks, humidity: 3 })).toEqual(MetricSample.parse(older));
  expect(MetricSample.parse({})).toEqual(NO_READINGS);
});

test('what cannot be is no reading', () => {
  for (const wrong of [
    { network: [{ interface: 'eth0', received_bytes_per_second: -1, sent_bytes_per_second: 0 }] },
    { temperatures: [{ sensor: 'cpu', celsius: null }] },
    { swap_used_bytes: '1' },
  ])
    expect(MetricSample.safeParse(wrong).success).toBe(false);
});
