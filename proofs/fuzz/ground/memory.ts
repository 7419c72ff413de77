import type { Heap } from './heap.ts';

/**
 * What a process holds is looked at three times, each time after its garbage was taken away: when it has warmed up, in the middle of
 * the work, and at its end. It is flat when the second half of the work has left no more behind than this.
 */
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;

export class MemoryWatch {
  readonly #look: () => Promise<Heap>;
  readonly looks: Heap[] = [];

  constructor(look: () => Promise<Heap>) {
    this.#look = look;
  }

  async take(): Promise<void> {
    this.looks.push(await this.#look());
  }

  /** What is wrong; `null`: it is flat. */
  fault(): string | null {
    const [, middle, end] = this.looks;
    if (middle === undefined || end === undefined) return null;
    const grown = end.usedBytes - middle.usedBytes;
    return grown > MAX_GROWTH_BYTES
      ? `the memory in use grew by ${mib(grown)} in the second half: ${this.text()}`
      : null;
  }

  text(): string {
    return this.looks.map(({ usedBytes }) => mib(usedBytes)).join(', ');
  }
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
