/** So many at once: far more than a hub that was set back asks about. */
const MOST = 500;
const EVERY_MS = 60_000;

/**
 * How many orders that this server has never seen may be made impossible. Each takes a folder of root's for ever, and the hub names
 * the ids: one that was taken over could fill the disk with them. What is left over is not answered, and the hub asks again.
 */
export class FenceAllowance {
  readonly #uptimeMs: () => number;
  #left = MOST;
  #sinceMs: number;

  constructor(uptimeMs: () => number) {
    this.#uptimeMs = uptimeMs;
    this.#sinceMs = uptimeMs();
  }

  /** Takes one, where there is one. */
  take(): boolean {
    const grown = Math.floor((this.#uptimeMs() - this.#sinceMs) / EVERY_MS);
    this.#sinceMs += grown * EVERY_MS;
    this.#left = Math.min(MOST, this.#left + grown);
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
