/**
 * Exponential growth with full jitter: each wait is drawn from the whole of 0 to the current ceiling, but never less
 * than `floorMs`, so that a fleet that lost its hub at one moment does not come back at one moment.
 */
export class Backoff {
  #attempt = 0;
  readonly #floorMs: number;
  readonly #ceilingMs: number;
  readonly #random: () => number;

  constructor(floorMs: number, ceilingMs: number, random: () => number = Math.random) {
    this.#floorMs = floorMs;
    this.#ceilingMs = ceilingMs;
    this.#random = random;
  }

  /** The wait before the next attempt, in milliseconds. */
  next(): number {
    const ceilingMs = Math.min(this.#ceilingMs, this.#floorMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 30);
    return Math.round(Math.max(this.#floorMs / 2, this.#random() * ceilingMs));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
