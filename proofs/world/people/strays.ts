import { Killed } from '../ground/timeline.ts';

/** Promises that failed and that nobody had an eye on: in the product that ends a process. */
export function catchStrays(): { take(): string[] } {
  const caught: string[] = [];
  process.on('unhandledRejection', (error) => {
    // A killed process leaves promises behind, and nobody is there any more to look after them.
    if (!(error instanceof Killed))
      caught.push(
        `fault: a promise failed and nobody caught it: ${error instanceof Error ? error.stack : String(error)}`,
      );
  });
  return { take: () => caught.splice(0) };
}
