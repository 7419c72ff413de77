import type { ChallengeFrame, HelloFrame, NewKeyFrame, ProofFrame } from '../agent/frames.ts';
import { FRAME_VERSION, FRAME_VERSIONS, versionOfBoth } from '../agent/versions.ts';
import type { ServerFacts } from '../server.ts';
import { type KeyPair, isSignedBy } from './keys.ts';
import { newKeyFrame } from './new-key.ts';
import { sealChecker } from './seal.ts';
import { type LinkSession, newNonce, signedBytes } from './session.ts';
import type { Succession } from './succession.ts';

/** The other side of the link has not proved to be who it has to be. */
export class NotProved extends Error {}

/** What an agent brings to a greeting. */
export interface AgentIdentity {
  readonly key: KeyPair;
  /** The secret of an enrolment token, which signs; `null` when there is none. */
  readonly tokenKey: KeyPair | null;
  /**
   * Whether the hub with this public key, which has come in the place of those before it, is the one that may be answered. Called
   * when that hub has proved to hold it.
   * @throws NotProved where there is more to say than that it is not
   */
  isTrusted(hubKey: string, succession: Succession): boolean;
}

/** What the agent says and does on a connection whose hub has proved itself. */
export interface AgentAnswer {
  readonly proof: ProofFrame;
  readonly unseal: (said: unknown) => unknown;
  /** Tells the hub, which has named this server, of a new key. @param key the one by which the hub knows this agent */
  newKey(serverId: string, key: KeyPair, next: KeyPair): NewKeyFrame;
}

export interface AgentGreeting {
  readonly hello: HelloFrame;
  /**
   * The hub has answered. Only when it has proved to be the one that is trusted is anything told to it.
   * @throws NotProved
   */
  answer(challenge: ChallengeFrame, facts: ServerFacts): AgentAnswer;
}

/**
 * The agent's part of a greeting, for one connection.
 *
 *   agent ── hello: public key, nonce, versions ──────────────────────────► hub
 *   agent ◄─ challenge: public key, nonce, signature over all of that ───── hub
 *   agent ── proof: signature over the same, and of the token; facts ─────► hub
 *   agent ◄─ welcome, and from here on each frame with its seal ─────────── hub
 */
export function greetingOf(identity: AgentIdentity): AgentGreeting {
  const { key, tokenKey } = identity;
  const hello: HelloFrame = {
    v: FRAME_VERSION,
    type: 'hello',
    versions: FRAME_VERSIONS,
    public_key: key.publicKey,
    nonce: newNonce(),
  };
  return {
    hello,
    answer(challenge, facts) {
      const session = sessionOf(hello, challenge);
      if (!isSignedBy(challenge.public_key, signedBytes('challenge', session), challenge.signature))
        throw new NotProved('the hub has not proved to hold the key that it names');
      if (!identity.isTrusted(challenge.public_key, challenge.succession))
        throw new NotProved('it is not the hub that this agent was enrolled with');
      const token = tokenKey && {
        public_key: tokenKey.publicKey,
        signature: tokenKey.sign(signedBytes('enrolment', session)),
      };
      const signature = key.sign(signedBytes('proof', session));
      const proof: ProofFrame = { v: FRAME_VERSION, type: 'proof', signature, token, facts };
      return {
        ...{ proof, unseal: sealChecker(session) },
        newKey: (serverId, known, next) => newKeyFrame(session, serverId, known, next),
      };
    },
  };
}

export interface HubGreeting {
  readonly session: LinkSession;
  readonly challenge: ChallengeFrame;
  /**
   * @returns who is there by its public key, and which token it holds
   * @throws NotProved
   */
  check(proof: Omit<ProofFrame, 'facts'>): { publicKey: string; tokenKey: string | null };
}

/** The hub's part, once an agent has said hello. @throws NotProved when there is no version that both speak */
export function answerTo(hello: HelloFrame, key: KeyPair, succession: Succession = []): HubGreeting {
  const version = versionOfBoth(FRAME_VERSIONS, hello.versions);
  if (version === null) throw new NotProved('there is no version of the frames that both sides speak');
  const hubNonce = newNonce();
  const session = sessionOf(hello, { v: version, public_key: key.publicKey, nonce: hubNonce });
  const { agentKey } = session;
  return {
    session,
    challenge: {
      v: FRAME_VERSION,
      type: 'challenge',
      public_key: key.publicKey,
      nonce: hubNonce,
      signature: key.sign(signedBytes('challenge', session)),
      succession: [...succession],
    },
    check({ signature, token }) {
      if (!isSignedBy(agentKey, signedBytes('proof', session), signature))
        throw new NotProved('the agent has not proved to hold the key that it names');
      const holdsToken =
        token !== null && isSignedBy(token.public_key, signedBytes('enrolment', session), token.signature);
      return { publicKey: agentKey, tokenKey: holdsToken ? token.public_key : null };
    },
  };
}

const sessionOf = (
  hello: HelloFrame,
  challenge: { readonly v: number; readonly public_key: string; readonly nonce: string },
): LinkSession => ({
  version: challenge.v,
  versions: hello.versions,
  agentKey: hello.public_key,
  hubKey: challenge.public_key,
  agentNonce: hello.nonce,
  hubNonce: challenge.nonce,
});
