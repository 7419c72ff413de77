import { MetricSample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { cpuPercent, parseCpuTicks } from './cpu.ts';
import { parseMounts } from './disks.ts';
import { parseLoad } from './load.ts';
import { parseMemory } from './memory.ts';
import { collectors, sampler } from './registry.ts';
import { parseSwap } from './swap.ts';
import { parseUptime } from './uptime.ts';

const STAT = `cpu  4705 150 1120 16250 520 30 45 10 300 0
cpu0 2350 75 560 8125 260 15 22 5 150 0
intr 114930548
btime 1795383153
`;
const MEMINFO = `MemTotal:       24683656 kB
MemFree:        15000000 kB
MemAvailable:   20000000 kB
SwapTotal:             0 kB
SwapFree:              0 kB
`;
const MOUNTS = String.raw`proc /proc proc rw 0 0
/dev/vda1 / ext4 rw 0 0
/dev/vda1 /var/lib/docker/overlay2/x ext4 rw 0 0
overlay /var/lib/docker/overlay2/abc/merged overlay rw 0 0
/dev/vdb1 /srv/my\040media xfs rw 0 0
/dev/vdb1 /mnt/bi xfs rw 0 0
tank/data /tank zfs rw 0 0
nas:/export /mnt/nas nfs4 rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
tmpfs /run tmpfs rw 0 0
/dev/sdb1 /run/media/me/stick vfat rw 0 0
/dev/vda1 /etc/hosts ext4 rw 0 0
/dev/vda2 /boot/efi vfat rw 0 0
`;

test('processor ticks: guest time counts once, waiting is idle', () => {
  expect(parseCpuTicks(STAT)).toEqual({ busy: 6060, total: 22_830 });
  expect(() => parseCpuTicks('intr 1\n')).toThrow('/proc/stat');
});

test.each([
  [{ busy: 0, total: 0 }, { busy: 25, total: 100 }, 25],
  [{ busy: 10, total: 100 }, { busy: 110, total: 200 }, 100],
  [{ busy: 10, total: 100 }, { busy: 10, total: 100 }, null],
  [{ busy: 90, total: 100 }, { busy: 10, total: 20 }, null],
])('%j to %j is %s %', (before, after, percent) => {
  expect(cpuPercent(before, after)).toBe(percent);
});

test('memory', () => {
  expect(parseMemory(MEMINFO)).toEqual({
    memory_total_bytes: 24_683_656 * 1024,
    memory_used_bytes: 4_683_656 * 1024,
  });
  expect(() => parseMemory('MemTotal: 1 kB\n')).toThrow('MemAvailable');
});

test('of swap that is used which is not free; a server without any has 0 of 0', () => {
  expect(parseSwap('SwapTotal:       1000 kB\nSwapFree:         600 kB\n')).toEqual({
    swap_used_bytes: 400 * 1024,
    swap_total_bytes: 1000 * 1024,
  });
  expect(parseSwap(MEMINFO)).toEqual({ swap_used_bytes: 0, swap_total_bytes: 0 });
  expect(() => parseSwap('SwapTotal: 1 kB\n')).toThrow('SwapFree');
});

test('load and uptime', () => {
  expect(parseLoad('3.57 2.58 1.73 2/216 30000\n')).toEqual({ load_1m: 3.57, load_5m: 2.58, load_15m: 1.73 });
  expect(() => parseLoad('')).toThrow('/proc/loadavg');
  expect(parseUptime('4110.72 7000.11\n')).toEqual({ uptime_seconds: 4110.72 });
  expect(() => parseUptime('')).toThrow('/proc/uptime');
});

test('of the mounts those are shown that people know, each device once', () => {
  expect(parseMounts(MOUNTS).map(({ mount }) => mount)).toEqual([
    '/',
    '/boot/efi',
    '/mnt/bi',
    '/mnt/nas',
    '/run/media/me/stick',
    '/tank',
  ]);
});

test('in a container the layered root is all there is', () => {
  const mounts =
    'overlay / overlay rw 0 0\n/dev/vda1 /etc/hosts ext4 rw 0 0\n/dev/vda1 /etc/resolv.conf ext4 rw 0 0\n';
  expect(parseMounts(mounts)).toEqual([{ source: 'overlay', mount: '/', type: 'overlay' }]);
});

test('this machine can be read', async () => {
  const sample = sampler(collectors(), () => undefined);
  await sample();
  const second = MetricSample.parse(await sample());
  expect(second.memory_used_bytes).toBeGreaterThan(0);
  expect(second.uptime_seconds).toBeGreaterThan(0);
  expect(second.disks[0]?.total_bytes).toBeGreaterThan(0);
});

test('a reading that fails is missing, said once, and takes no other along', async () => {
  const said: string[] = [];
  const broken = {
    name: 'load',
    read: () => {
      throw new Error('no such file');
    },
  };
  const fine = { name: 'uptime', read: () => ({ uptime_seconds: 1 }) };
  const sample = sampler([broken, fine], (_level, msg) => said.push(msg));
  await sample();
  expect(await sample()).toMatchObject({ load_1m: null, uptime_seconds: 1, disks: [] });
  expect(said).toHaveLength(1);
});
