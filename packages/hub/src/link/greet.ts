import {
  type AgentFrame,
  FRAME_VERSIONS,
  HelloFrame,
  type HubFrame,
  type ServerFacts,
  VersionRange,
  versionOfBoth,
  whyNoVersion,
} from '@homelabcmd/protocol';
import {
  answerTo,
  type KeyPair,
  newKeyIn,
  NotProved,
  sealer,
  type Succession,
} from '@homelabcmd/protocol/link';
import { BadFrame, parsedBy, parseJson, type Session } from './session.ts';

/** An agent has said hello, and has yet to prove who it is. */
export interface Greeted {
  readonly challenge: HubFrame;
  /** Takes its second frame. @throws BadFrame */
  check(frame: AgentFrame): Proved;
}

export interface Proved {
  readonly publicKey: string;
  readonly tokenKey: string | null;
  readonly facts: ServerFacts;
  /** What is signed on this connection, by either side, once it is known whose it is. */
  signaturesFor(serverId: string): Pick<Session, 'seal' | 'newKeyIn'>;
}

/**
 * The hub's part of the greeting. A hub that is asked proves itself first, whoever asks: until the agent has done so too,
 * nothing is looked up and nothing is written.
 * @throws BadFrame
 */
export function greet(text: string, key: KeyPair, succession: Succession): Greeted {
  const value = parseJson(text);
  assertVersion(value);
  if (!('type' in value) || value.type !== 'hello')
    throw new BadFrame('bad_frame', 'The first frame must be hello');
  const { challenge, check, session } = answerTo(parsedBy(HelloFrame, value), key, succession);
  return {
    challenge,
    check(frame) {
      if (frame.type !== 'proof') throw new BadFrame('bad_frame', 'The second frame must be proof');
      try {
        return {
          ...check(frame),
          facts: frame.facts,
          signaturesFor: (serverId) => ({
            seal: sealer(session, key, serverId),
            newKeyIn: (said) => newKeyIn(session, serverId, said),
          }),
        };
      } catch (error) {
        if (error instanceof NotProved) throw new BadFrame('bad_proof', error.message);
        throw error;
      }
    },
  };
}

/** Before anything else is made of it: an agent of another version is told so in a frame that it can read. */
function assertVersion(value: unknown): asserts value is object {
  const v = typeof value === 'object' && value !== null && 'v' in value ? value.v : null;
  if (typeof v !== 'number' || !Number.isSafeInteger(v) || v < 1)
    throw new BadFrame('bad_frame', 'This is no frame: it has no version');
  // Agents of version 1 name none but that.
  const { data: versions = { oldest: v, newest: v } } = VersionRange.safeParse(
    (value as { versions?: unknown }).versions,
  );
  if (versionOfBoth(FRAME_VERSIONS, versions) === null)
    throw new BadFrame('unsupported_version', whyNoVersion(FRAME_VERSIONS, versions), v);
}
