import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Site } from './site.ts';

/** A person who is asked for a finger or a PIN has this long. */
export const ANSWERED_WITHIN_MS = 5 * 60_000;
const MOST_UNDER_WAY = 1000;
const CHALLENGE_BYTES = 32;

interface Asked {
  readonly site: Site;
  readonly sessionId: string | null;
  readonly askedMs: number;
}

/**
 * What was asked of browsers for one purpose and not answered yet. Each purpose has a book of its own, so that an answer to one
 * is none to another, and strangers at the door push out nobody who is inside.
 *
 *   begin ──► asked ──take, by the session that began──► gone
 *               └──5 minutes, or 1000 newer ones──► gone
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #asked = new Map<string, Asked>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param sessionId who is to answer; `null` where nobody is signed in yet */
  begin(site: Site, sessionId: string | null): string {
    const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url');
    if (this.#asked.size >= MOST_UNDER_WAY) {
      const [oldest] = this.#asked.keys();
      if (oldest !== undefined) this.#asked.delete(oldest);
    }
    this.#asked.set(challenge, { site, sessionId, askedMs: this.#clock.nowMs() });
    return challenge;
  }

  /** Each is taken once, before anything of the answer is looked at. @returns where it was asked; `null`: it was not, or too long ago */
  take(challenge: string, sessionId: string | null): Site | null {
    const asked = this.#asked.get(challenge);
    if (asked === undefined || asked.sessionId !== sessionId) return null;
    this.#asked.delete(challenge);
    return Math.abs(this.#clock.nowMs() - asked.askedMs) < ANSWERED_WITHIN_MS ? asked.site : null;
  }
}
