import { setTimeout } from 'node:timers/promises';

const LONGEST_WAIT_MS = 120_000;
const LOOK_MS = 5;

/** Waits until something is so. @throws with its name when it never is */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LONGEST_WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`It never came about that ${what}.`);
    await setTimeout(LOOK_MS);
  }
}
