import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { UnderWay } from '../under-way.ts';
import type { Site } from './site.ts';

/** A person who is asked for a finger or a PIN has this long. */
export const ANSWERED_WITHIN_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;

interface Asked {
  readonly site: Site;
  readonly sessionId: string | null;
}

/**
 * What was asked of browsers for one purpose and not answered yet. Each purpose has a book of its own, so that an answer to one
 * is none to another, and strangers at the door push out nobody who is inside.
 */
export class Challenges {
  readonly #asked: UnderWay<Asked>;

  constructor(clock: Clock) {
    this.#asked = new UnderWay(clock, ANSWERED_WITHIN_MS);
  }

  /** @param sessionId who is to answer; `null` where nobody is signed in yet */
  begin(site: Site, sessionId: string | null): string {
    const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url');
    this.#asked.begin(challenge, { site, sessionId });
    return challenge;
  }

  /** Each is taken once, before anything of the answer is looked at. @returns where it was asked; `null`: it was not, or too long ago */
  take(challenge: string, sessionId: string | null): Site | null {
    return this.#asked.take(challenge, (asked) => asked.sessionId === sessionId)?.site ?? null;
  }
}
