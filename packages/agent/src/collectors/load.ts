import { readFileSync } from 'node:fs';
import type { Collector } from './collector.ts';

export function parseLoad(loadavg: string): { load_1m: number; load_5m: number; load_15m: number } {
  const [one, five, fifteen] = loadavg.split(' ').map(Number);
  if (one === undefined || five === undefined || fifteen === undefined || Number.isNaN(one + five + fifteen))
    throw new Error('/proc/loadavg cannot be read');
  return { load_1m: one, load_5m: five, load_15m: fifteen };
}

export const loadCollector = (path = '/proc/loadavg'): Collector => ({
  name: 'load',
  read: () => parseLoad(readFileSync(path, 'utf8')),
});
