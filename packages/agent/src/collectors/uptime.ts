import { readFileSync } from 'node:fs';
import type { Collector } from './collector.ts';

export function parseUptime(uptime: string): { uptime_seconds: number } {
  const seconds = Number.parseFloat(uptime);
  if (Number.isNaN(seconds)) throw new Error('/proc/uptime cannot be read');
  return { uptime_seconds: seconds };
}

export const uptimeCollector = (path = '/proc/uptime'): Collector => ({
  name: 'uptime',
  read: () => parseUptime(readFileSync(path, 'utf8')),
});
