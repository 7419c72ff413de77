import { readFileSync } from 'node:fs';
import type { Collector } from './collector.ts';

/** A server without swap has 0 of 0. */
export function parseSwap(meminfo: string): { swap_used_bytes: number; swap_total_bytes: number } {
  const bytes = (name: string): number => {
    const match = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo);
    if (match === null) throw new Error(`/proc/meminfo has no ${name}`);
    return Number(match[1]) * 1024;
  };
  const total = bytes('SwapTotal');
  return { swap_used_bytes: total - bytes('SwapFree'), swap_total_bytes: total };
}

export const swapCollector = (path = '/proc/meminfo'): Collector => ({
  name: 'swap',
  read: () => parseSwap(readFileSync(path, 'utf8')),
});
