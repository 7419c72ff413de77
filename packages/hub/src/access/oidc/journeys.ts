import type { Clock } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { digestOf, newSecret, sameDigest } from '../../lib/secrets.ts';
import { UnderWay } from '../under-way.ts';
import type { Journey } from './provider.ts';

const TAKES_AT_MOST_MS = 10 * 60_000;

interface Begun extends Journey {
  readonly browserDigest: string;
}

/**
 * The ways to the provider and back that are under way. Each ends in the browser that began it: the word that this holds is in
 * its cookie, so that nobody is signed in as somebody else by a link.
 */
export class Journeys {
  readonly #begun: UnderWay<Begun>;

  constructor(clock: Clock) {
    this.#begun = new UnderWay(clock, TAKES_AT_MOST_MS);
  }

  /** @returns the word for the browser's cookie */
  begin(journey: Journey): string {
    const word = newSecret('hlco');
    this.#begun.begin(journey.state, { ...journey, browserDigest: digestOf(word) });
    return word;
  }

  /** Each is taken once. @throws Refusal `unauthenticated` */
  take(search: string, word: string | undefined): Journey {
    const state = new URLSearchParams(search).get('state') ?? '';
    const digest = digestOf(word ?? '');
    const journey = this.#begun.take(state, ({ browserDigest }) => sameDigest(digest, browserDigest));
    if (journey === null)
      throw new Refusal(
        'unauthenticated',
        'This browser has not begun to sign in this way, or took too long. Begin again.',
      );
    return journey;
  }
}
