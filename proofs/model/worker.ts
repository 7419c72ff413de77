import { parentPort } from 'node:worker_threads';
import { makeFleetImage } from '../world/fleet/image.ts';
import { catchStrays } from '../world/people/strays.ts';
import { playSequences, type SequencesOptions, type SequencesResult } from './sequences.ts';

/** What a worker answers. */
export interface Answer extends SequencesResult {
  readonly strays: readonly string[];
  readonly cpuMs: number;
}

const image = makeFleetImage();
const strays = catchStrays();

parentPort?.on('message', (options: SequencesOptions) => {
  void play(options).then((answer) => parentPort?.postMessage(answer));
});

async function play(options: SequencesOptions): Promise<Answer> {
  const before = process.threadCpuUsage();
  const result = await playSequences(await image, options);
  const used = process.threadCpuUsage(before);
  return { ...result, strays: strays.take(), cpuMs: (used.user + used.system) / 1000 };
}
