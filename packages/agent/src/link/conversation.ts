import {
  ChallengeFrame,
  FRAME_VERSIONS,
  GoodbyeFrame,
  type HelloFrame,
  HubFrame,
  MAX_FRAME_BYTES,
  type NewKeyFrame,
  type ProofFrame,
  type ServerFacts,
  whyNoVersion,
} from '@homelabcmd/protocol';
import {
  type AgentAnswer,
  type AgentGreeting,
  type AgentIdentity,
  BrokenSeal,
  greetingOf,
  type KeyPair,
  NotProved,
} from '@homelabcmd/protocol/link';

/** What came in on a link. */
export type Heard =
  | { readonly kind: 'challenge'; readonly answer: ProofFrame }
  | { readonly kind: 'frame'; readonly frame: Exclude<HubFrame, { type: 'challenge' }> }
  /** From the hub, and of a form that is not known here. Nothing is done about it. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** More than this nobody has to read: a list of all that is expected is the longest of the frames. */
const LONGEST = 4 * MAX_FRAME_BYTES;

/** The hub speaks other versions of the frames. */
export class OtherVersion extends Error {}

/**
 * What is said on one connection.
 *
 *   hello said ──challenge of the hub that is trusted──► proof said ──► frames, each with the hub's seal
 *       └────────anything else───────────────────────────────┴──no seal, or a wrong one──► thrown: the link is to be ended
 */
export class Conversation {
  readonly #greeting: AgentGreeting;
  readonly #facts: () => ServerFacts;
  #answered: AgentAnswer | null = null;
  #serverId: string | null = null;

  constructor(identity: AgentIdentity, facts: () => ServerFacts) {
    this.#greeting = greetingOf(identity);
    this.#facts = facts;
  }

  get hello(): HelloFrame {
    return this.#greeting.hello;
  }

  /** @throws NotProved, BrokenSeal or OtherVersion; nothing of what came may be done then */
  hear(text: string): Heard {
    if (text.length > LONGEST) throw new BrokenSeal('it is longer than any frame');
    const said = jsonOf(text);
    const goodbye = GoodbyeFrame.safeParse(said);
    if (goodbye.success) return { kind: 'frame', frame: goodbye.data };
    if (this.#answered === null) return { kind: 'challenge', answer: this.#answer(said) };
    const frame = HubFrame.safeParse(this.#answered.unseal(said));
    if (!frame.success) return { kind: 'unreadable', problem: frame.error.message };
    if (frame.data.type === 'challenge') throw new BrokenSeal('a challenge comes once');
    if (frame.data.type === 'welcome') this.#serverId = frame.data.server_id;
    return { kind: 'frame', frame: frame.data };
  }

  /** Tells the hub of a new key; `null` before the welcome. */
  newKey({ known, next }: { readonly known: KeyPair; readonly next: KeyPair }): NewKeyFrame | null {
    return this.#serverId === null ? null : (this.#answered?.newKey(this.#serverId, known, next) ?? null);
  }

  #answer(said: unknown): ProofFrame {
    const v = typeof said === 'object' && said !== null && 'v' in said ? said.v : null;
    if (typeof v === 'number' && (v < FRAME_VERSIONS.oldest || v > FRAME_VERSIONS.newest))
      throw new OtherVersion(otherVersion(v));
    const challenge = ChallengeFrame.safeParse(said);
    if (!challenge.success) throw new NotProved('it does not answer as a hub does');
    this.#answered = this.#greeting.answer(challenge.data, this.#facts());
    return this.#answered.proof;
  }
}

/** A sentence that says which side is to be updated, when the hub speaks this version. */
export const otherVersion = (v: number): string => whyNoVersion({ oldest: v, newest: v }, FRAME_VERSIONS);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
