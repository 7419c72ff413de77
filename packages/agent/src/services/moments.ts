/** One timer a purpose: a second call before it rings changes nothing. */
export class Moments<Purpose extends string> implements Disposable {
  readonly #timers = new Map<Purpose, NodeJS.Timeout>();
  #ended = false;

  later(purpose: Purpose, ms: number, act: () => unknown): void {
    if (this.#ended || this.#timers.has(purpose)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(purpose);
      act();
    }, ms);
    this.#timers.set(purpose, timer);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
