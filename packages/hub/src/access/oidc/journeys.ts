import { type Clock } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { digestOf, newSecret, sameDigest } from '../../lib/secrets.ts';
import type { Journey } from './provider.ts';

const TAKES_AT_MOST_MS = 10 * 60_000;
const MOST_UNDER_WAY = 1000;

interface UnderWay extends Journey {
  readonly browserDigest: string;
  readonly begunMs: number;
}

/**
 * The ways to the provider and back that are under way. Each ends in the browser that began it: the word that this holds is in
 * its cookie, so that nobody is signed in as somebody else by a link.
 */
export class Journeys {
  readonly #clock: Clock;
  readonly #byState = new Map<string, UnderWay>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the word for the browser's cookie */
  begin(journey: Journey): string {
    const word = newSecret('hlco');
    if (this.#byState.size >= MOST_UNDER_WAY) {
      const [oldest] = this.#byState.keys();
      if (oldest !== undefined) this.#byState.delete(oldest);
    }
    this.#byState.set(journey.state, {
      ...journey,
      browserDigest: digestOf(word),
      begunMs: this.#clock.nowMs(),
    });
    return word;
  }

  /** Each is taken once. @throws Refusal `unauthenticated` */
  take(search: string, word: string | undefined): Journey {
    const state = new URLSearchParams(search).get('state') ?? '';
    const journey = this.#byState.get(state);
    const isOurs =
      journey !== undefined &&
      word !== undefined &&
      sameDigest(digestOf(word), journey.browserDigest) &&
      Math.abs(this.#clock.nowMs() - journey.begunMs) < TAKES_AT_MOST_MS;
    if (!isOurs)
      throw new Refusal(
        'unauthenticated',
        'This browser has not begun to sign in this way, or took too long. Begin again.',
      );
    this.#byState.delete(state);
    return journey;
  }
}
