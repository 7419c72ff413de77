import type { Clock } from '../lib/clock.ts';

const MOST_UNDER_WAY = 1000;

/**
 * What browsers have begun and not ended yet, by a name that nobody can guess.
 *
 *   begin ──► under way ──take, by whoever began it──► gone
 *                 └──too late, or 1000 newer ones──► gone
 */
export class UnderWay<T> {
  readonly #clock: Clock;
  readonly #withinMs: number;
  readonly #begun = new Map<string, { readonly what: T; readonly begunMs: number }>();

  constructor(clock: Clock, withinMs: number) {
    this.#clock = clock;
    this.#withinMs = withinMs;
  }

  begin(name: string, what: T): void {
    if (this.#begun.size >= MOST_UNDER_WAY) {
      const [oldest] = this.#begun.keys();
      if (oldest !== undefined) this.#begun.delete(oldest);
    }
    this.#begun.set(name, { what, begunMs: this.#clock.nowMs() });
  }

  /** Each is taken once, and only by whom it is of. @returns `null`: there is none of theirs, or it took too long */
  take(name: string, isTheirs: (what: T) => boolean): T | null {
    const begun = this.#begun.get(name);
    if (begun === undefined || !isTheirs(begun.what)) return null;
    this.#begun.delete(name);
    return Math.abs(this.#clock.nowMs() - begun.begunMs) < this.#withinMs ? begun.what : null;
  }
}
