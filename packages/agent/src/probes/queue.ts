const AT_ONCE = 16;

interface Waiting {
  readonly place: string;
  readonly urgent: boolean;
  readonly begin: () => void;
}

/**
 * Questions in the order in which they came: a few at once, and one at a time for each place, whoever asks. An urgent
 * one, on which an order waits, waits for its place alone.
 */
export class AskQueue {
  readonly #waiting: Waiting[] = [];
  readonly #busy = new Set<string>();

  async run<T>(place: string, urgent: boolean, ask: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ place, urgent, begin: resolve });
    this.#next();
    await promise;
    try {
      return await ask();
    } finally {
      this.#busy.delete(place);
      this.#next();
    }
  }

  #next(): void {
    for (;;) {
      const isFull = this.#busy.size >= AT_ONCE;
      const n = this.#waiting.findIndex(({ place, urgent }) => (urgent || !isFull) && !this.#busy.has(place));
      const [next] = n < 0 ? [] : this.#waiting.splice(n, 1);
      if (next === undefined) return;
      this.#busy.add(next.place);
      next.begin();
    }
  }
}
