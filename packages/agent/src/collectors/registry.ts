import { type MetricSample, NO_READINGS } from '@homelabcmd/protocol';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import type { Collector } from './collector.ts';
import { cpuCollector } from './cpu.ts';
import { diskIoCollector } from './rates/disk-io.ts';
import { disksCollector } from './disks.ts';
import { loadCollector } from './load.ts';
import { memoryCollector } from './memory.ts';
import { networkCollector } from './rates/network.ts';
import { swapCollector } from './swap.ts';
import { temperaturesCollector } from './temperatures.ts';
import { uptimeCollector } from './uptime.ts';

/** Every collector; a new one is a file beside this one and a line here. */
export const collectors = (): Collector[] => [
  cpuCollector(),
  memoryCollector(),
  swapCollector(),
  loadCollector(),
  disksCollector(),
  diskIoCollector(),
  networkCollector(),
  temperaturesCollector(),
  uptimeCollector(),
];

/** One reading of this server. What a collector could not read is missing from it, and said once in the log. */
export function sampler(all: readonly Collector[], log: Log): () => Promise<MetricSample> {
  const failing = new Set<string>();
  const readOne = async ({ name, read }: Collector): Promise<Partial<MetricSample>> => {
    try {
      const readings = await read();
      failing.delete(name);
      return readings;
    } catch (cause) {
      if (!failing.has(name)) log('warn', 'a reading failed', { collector: name, problem: messageOf(cause) });
      failing.add(name);
      return {};
    }
  };
  return async () => Object.assign({ ...NO_READINGS }, ...(await Promise.all(all.map(readOne))));
}
