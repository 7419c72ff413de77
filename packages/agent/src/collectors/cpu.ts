import { readFileSync } from 'node:fs';
import type { Collector } from './collector.ts';

/** Ticks of all processors together since boot. */
export interface CpuTicks {
  busy: number;
  total: number;
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user. */
export function parseCpuTicks(stat: string): CpuTicks {
  const line = /^cpu +(.+)$/m.exec(stat)?.[1];
  if (line === undefined) throw new Error('/proc/stat has no line for all processors');
  const ticks = line.split(' ').slice(0, 8).map(Number);
  const total = ticks.reduce((sum, one) => sum + one, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: total - idle, total };
}

/** Per cent of all processors between two readings, or `null` when no time has passed or the counters began anew. */
export function cpuPercent(before: CpuTicks, after: CpuTicks): number | null {
  const total = after.total - before.total;
  const busy = after.busy - before.busy;
  if (total <= 0 || busy < 0) return null;
  return Math.round(Math.min(100, (100 * busy) / total) * 10) / 10;
}

/** Its first reading is the time since the agent began to look. */
export function cpuCollector(path = '/proc/stat'): Collector {
  let before: CpuTicks | null = null;
  return {
    name: 'cpu',
    read: () => {
      const after = parseCpuTicks(readFileSync(path, 'utf8'));
      const percent = before === null ? null : cpuPercent(before, after);
      before = after;
      return { cpu_percent: percent };
    },
  };
}
