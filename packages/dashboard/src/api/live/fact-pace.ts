import type { LiveEvent } from '@homelabcmd/protocol';

/** About one frame of a screen. */
export const FRAME_MS = 16;

/**
 * Hands facts on at the pace at which a screen can show them. A fact that comes by itself is handed on at once; facts
 * that follow within a frame wait for the end of it and are handed on together, in order.
 *
 *   idle ──a fact: handed on──► in a frame ──its end, nothing came──► idle
 *                                 ▲   └──its end: handed on together──┐
 *                                 └───────────────────────────────────┘
 */
export class FactPace implements Disposable {
  readonly #handOn: (facts: readonly LiveEvent[]) => void;
  #waiting: LiveEvent[] = [];
  /** A timer and not an animation frame: those stand still in a page that nobody sees. */
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(handOn: (facts: readonly LiveEvent[]) => void) {
    this.#handOn = handOn;
  }

  take(fact: LiveEvent): void {
    if (this.#frame !== undefined) {
      this.#waiting.push(fact);
      return;
    }
    this.#frame = setTimeout(() => this.#endFrame(), FRAME_MS);
    this.#handOn([fact]);
  }

  #endFrame(): void {
    this.#frame = undefined;
    if (this.#waiting.length === 0) return;
    const facts = this.#waiting;
    this.#waiting = [];
    this.#frame = setTimeout(() => this.#endFrame(), FRAME_MS);
    this.#handOn(facts);
  }

  /** Hands on what waits; nothing is lost. */
  [Symbol.dispose](): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    if (this.#waiting.length > 0) this.#handOn(this.#waiting);
    this.#waiting = [];
  }
}
