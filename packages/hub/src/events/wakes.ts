/**
 * Wakes all who wait. Who goes before that leaves nothing behind: a promise that many wait for would keep each of them until it is
 * resolved, and where nothing happens that is for ever.
 */
export class Wakes {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** How often all were woken. */
  get count(): number {
    return this.#count;
  }

  wake(): void {
    this.#count += 1;
    for (const go of [...this.#waiting]) go();
  }

  /** Resolves once all were woken more often than `count` times, or at the signal. */
  after(count: number, signal: AbortSignal): Promise<void> {
    if (this.#count > count || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }
}
