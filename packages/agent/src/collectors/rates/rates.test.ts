import { MetricSample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { diskIoCollector, parseDiskIo } from './disk-io.ts';
import { networkCollector, parseNetwork } from './network.ts';
import { rateMeter, ratesOf } from './rate.ts';

const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 31073543090 21338675    0    0    0     0          0         0 31073543090 21338675    0    0    0     0       0          0
  eth0:18446744073 1234    0    0    0     0          0         7  987654321  4321    0    0    0     0       0          0
 wlan0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
docker0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
veth1a2b3c4: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
br-0123456789ab: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
   br0: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
 eth0:1: 7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0
tailscale0: 3 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0
`;
const DISKSTATS = `   7       0 loop0 12 0 96 4 0 0 0 0 0 16 4 0 0 0 0 0 0
   8       0 sda 241153 69114 13456722 61126 15337372 3841653 589076712 5028184 0 1487192 6038501 3750794 7670 920798640 478257 4358178 470933
   8       1 sda1 1 0 8 0 1 0 8 0 0 0 0 0 0 0 0 0 0
   8      16 sdb 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 259       0 nvme0n1 10 0 80 1 20 0 160 2 0 3 4
 259       1 nvme0n1p1 1 0 8 0 1 0 8 0 0 0 0
 253       0 dm-0 5 0 40 0 5 0 40 0 0 0 0 0 0 0 0 0 0
   9     127 md127 5 0 40 0 5 0 40 0 0 0 0 0 0 0 0 0 0
 253       0 zram0 5 0 40 0 5 0 40 0 0 0 0 0 0 0 0 0 0
 179       0 mmcblk0 2 0 16 0 2 0 32 0 0 0 0 0 0 0 0 0 0
`;

test('of the interfaces those are counted that people know', () => {
  expect([...parseNetwork(NET_DEV)]).toEqual([
    ['eth0', [18_446_744_073, 987_654_321]],
    ['wlan0', [0, 0]],
    ['br0', [5, 6]],
    ['eth0:1', [7, 8]],
    ['tailscale0', [3, 4]],
  ]);
  expect(() => parseNetwork('eth0: 1 2 3\n')).toThrow('/proc/net/dev');
});

test('whole disks are counted that were ever used, and nothing that is made of them', () => {
  expect([...parseDiskIo(DISKSTATS)]).toEqual([
    ['sda', [13_456_722 * 512, 589_076_712 * 512]],
    ['nvme0n1', [80 * 512, 160 * 512]],
    ['mmcblk0', [16 * 512, 32 * 512]],
  ]);
  expect(() => parseDiskIo('8 0 sda 1\n')).toThrow('/proc/diskstats');
});

test('a rate is by the time that has passed; who is new, or counts anew, has none', () => {
  const before = new Map([
    ['eth0', [1000, 0]],
    ['eth1', [5000, 5]],
    ['gone', [1, 1]],
  ]);
  const after = new Map([
    ['eth0', [6000, 5]],
    ['eth1', [10, 6]],
    ['new', [1, 1]],
  ]);
  expect([...ratesOf(before, after, 2000)]).toEqual([['eth0', [2500, 3]]]);
  expect([...ratesOf(before, after, 0)]).toEqual([]);
});

test('the first reading has no rates, and each one after it those since the one before', () => {
  let [count, nowMs] = [100, 0];
  const rates = rateMeter(
    () => new Map([['eth0', [count]]]),
    () => nowMs,
  );
  expect(rates().size).toBe(0);
  [count, nowMs] = [1100, 10_000];
  expect(rates().get('eth0')).toEqual([100]);
  [count, nowMs] = [1100, 15_000];
  expect(rates().get('eth0')).toEqual([0]);
});

test('this machine can be read', async () => {
  for (const collector of [networkCollector(), diskIoCollector()]) {
    expect(Object.values(await collector.read())).toEqual([[]]);
    expect(MetricSample.safeParse(await collector.read()).success).toBe(true);
  }
});
