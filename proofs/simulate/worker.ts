import { parentPort } from 'node:worker_threads';
import { makeFleetImage } from '../world/fleet/image.ts';
import { playSeed } from './seed.ts';
import { catchStrays } from '../world/people/strays.ts';
import { addSeed, type Failure, noTotals, type Slice, type SliceResult } from './seeds.ts';

const image = makeFleetImage();
const strays = catchStrays();

parentPort?.on('message', (slice: Slice) => {
  void playSlice(slice).then((result) => parentPort?.postMessage(result));
});

async function playSlice({ from, count, planted }: Slice): Promise<SliceResult> {
  const totals = noTotals();
  const failures: Failure[] = [];
  const digests: string[] = [];
  const before = process.threadCpuUsage();
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await playSeed(await image, seed, { keepsTrace: false, planted });
    addSeed(totals, result);
    digests.push(result.digest);
    const violations = [...result.violations, ...strays.take()];
    if (violations.length > 0) failures.push({ seed, violations });
  }
  const used = process.threadCpuUsage(before);
  totals.cpuMs = (used.user + used.system) / 1000;
  return { totals, failures, digests };
}
