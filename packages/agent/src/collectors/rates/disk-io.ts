import { readFileSync } from 'node:fs';
import type { Collector } from '../collector.ts';
import { type Counters, rateMeter } from './rate.ts';

/** Whole disks: what is built of them, and parts of them, show the same bytes again. */
const DISK = /^(?:sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+|pmem\d+|nbd\d+|rbd\d+)$/;
const MAX_DISKS = 64;
const SECTOR_BYTES = 512;
const NAME = 2;
const SECTORS_READ = 5;
const SECTORS_WRITTEN = 9;

/** Bytes read and written since each disk of `/proc/diskstats` is there. */
export function parseDiskIo(diskstats: string): Counters {
  const counters = new Map<string, readonly number[]>();
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/ +/);
    const name = fields[NAME];
    if (name === undefined || !DISK.test(name)) continue;
    const [read, written] = [Number(fields[SECTORS_READ]), Number(fields[SECTORS_WRITTEN])];
    if (Number.isNaN(read + written)) throw new Error('/proc/diskstats has other columns');
    // One that was never used is a slot without a disk.
    if (read + written === 0 || counters.size === MAX_DISKS) continue;
    counters.set(name, [read * SECTOR_BYTES, written * SECTOR_BYTES]);
  }
  return counters;
}

export function diskIoCollector(path = '/proc/diskstats'): Collector {
  const rates = rateMeter(() => parseDiskIo(readFileSync(path, 'utf8')));
  return {
    name: 'disk-io',
    read: () => ({
      disk_io: [...rates()].map(([device, [read = 0, written = 0]]) => ({
        device,
        read_bytes_per_second: read,
        written_bytes_per_second: written,
      })),
    }),
  };
}
