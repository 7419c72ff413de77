import { readFileSync } from 'node:fs';
import type { Collector } from './collector.ts';

/** Used is what cannot be given away at once: everything but `MemAvailable`. */
export function parseMemory(meminfo: string): { memory_used_bytes: number; memory_total_bytes: number } {
  const bytes = (name: string): number => {
    const match = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo);
    if (match === null) throw new Error(`/proc/meminfo has no ${name}`);
    return Number(match[1]) * 1024;
  };
  const total = bytes('MemTotal');
  return { memory_used_bytes: total - bytes('MemAvailable'), memory_total_bytes: total };
}

export const memoryCollector = (path = '/proc/meminfo'): Collector => ({
  name: 'memory',
  read: () => parseMemory(readFileSync(path, 'utf8')),
});
