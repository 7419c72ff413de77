import { setImmediate as turn } from 'node:timers/promises';

/** After the garbage was taken away: what is in use, by V8 and by what it holds outside of its heap. */
export interface Heap {
  readonly usedBytes: number;
  readonly residentBytes: number;
}

/** Of the process that asks, which has to have been started with --expose-gc. */
export async function heapNow(): Promise<Heap> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('this process was started without --expose-gc');
  // What is let go by a finalizer goes with the next one.
  for (let time = 0; time < 3; time += 1) {
    gc();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { usedBytes: heapUsed + external, residentBytes: rss };
}
