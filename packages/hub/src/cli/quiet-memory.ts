import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Logger } from '../lib/log.ts';

export interface Quiet {
  /** How often it is looked whether the process is quiet. */
  readonly lookEveryMs: number;
  /** At least so long from one time to the next. */
  readonly leastMs: number;
}

const QUIET: Quiet = { lookEveryMs: 10_000, leastMs: 60_000 };
/** The share of the time since the last look in which there was something to do. Above it the process is left alone. */
const QUIET_SHARE = 0.1;
const WORTH_BYTES = 12 * 1024 * 1024;

/**
 * Gives back what a burst has left behind, as soon as the hub is quiet: agents that all come at once after a restart make
 * garbage, and V8 looks at a process that then has little to do only after minutes. It takes some 60 ms, so it is done when
 * nothing else is to do, and when it is worth it.
 */
export function giveBackWhenQuiet(logger: Logger, { lookEveryMs, leastMs } = QUIET): Disposable {
  const collect = collector();
  let before = performance.eventLoopUtilization();
  let usedBytes = 0;
  let nextMs = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const held = getHeapStatistics();
    const startedMs = performance.now();
    if (utilization > QUIET_SHARE || startedMs < nextMs || held.total_heap_size - usedBytes < WORTH_BYTES)
      return;
    collect();
    usedBytes = getHeapStatistics().used_heap_size;
    nextMs = performance.now() + leastMs;
    const durationMs = performance.now() - startedMs;
    logger.debug({ freedBytes: held.used_heap_size - usedBytes, durationMs }, 'memory was given back');
  }, lookEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** V8 hands its collector to contexts that are made while the flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  try {
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('V8 has no way to collect what is not used');
    return () => collect();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
