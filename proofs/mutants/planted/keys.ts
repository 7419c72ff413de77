import type { Mutant } from '../mutant.ts';

const GREETING = 'packages/protocol/src/link/greeting.ts';
const SEAL = 'packages/protocol/src/link/seal.ts';
const IDENTITY = 'packages/agent/src/link/identity.ts';
const TOKENS = 'packages/hub/src/enrolment/tokens.ts';
const ofGreeting = (test: string) => ({ file: 'packages/hub/src/link/greeting.test.ts', test });
const ofSeals = (test: string) => ({ file: 'packages/agent/test/seals.test.ts', test });
const ofIdentity = (test: string) => ({ file: 'packages/agent/src/link/identity.test.ts', test });
const ofTokens = (test: string) => ({ file: 'packages/hub/src/enrolment/admit.test.ts', test });

const ofNewKey = (test: string) => ({ file: 'packages/hub/src/enrolment/new-key.test.ts', test });

/** Sides that do not look well enough at who the other one is. */
export const KEYS_MUTANTS: readonly Mutant[] = [
  {
    name: 'the hub takes an agent at its word about its key',
    file: GREETING,
    from: "if (!isSignedBy(agentKey, signedBytes('proof', session), signature))",
    to: 'if (signature === signedBytes.name)',
    caughtBy: ofGreeting('who names the key of another and cannot sign with it is turned away'),
  },
  {
    name: 'the nonce of the hub is in nothing that is signed',
    file: 'packages/protocol/src/link/session.ts',
    from: '...[agentKey, hubKey, agentNonce, hubNonce, ...parts],',
    to: '...[agentKey, hubKey, agentNonce, hubNonce.slice(99), ...parts],',
    caughtBy: ofGreeting('a greeting that was listened to opens nothing when it is said again'),
  },
  {
    name: 'a token that is named counts as one that is held',
    file: GREETING,
    from: "token !== null && isSignedBy(token.public_key, signedBytes('enrolment', session), token.signature);",
    to: 'token !== null;',
    caughtBy: ofGreeting('a token that is named without its secret is no token'),
  },
  {
    name: 'the agent answers a hub that names the right key',
    file: GREETING,
    from: "if (!isSignedBy(challenge.public_key, signedBytes('challenge', session), challenge.signature))",
    to: 'if (challenge.signature === signedBytes.name)',
    caughtBy: ofSeals('a hub that names the right key and cannot sign with it is told nothing'),
  },
  {
    name: 'the agent answers any hub that can sign',
    file: GREETING,
    from: 'if (!identity.isTrusted(challenge.public_key, challenge.succession))',
    to: 'if (identity.isTrusted(challenge.public_key, challenge.succession) === null)',
    caughtBy: ofSeals('a hub with another key is told nothing, and the log says so'),
  },
  {
    name: 'a frame that comes again is taken again',
    file: SEAL,
    from: 'if (sequence !== last + 1)',
    to: 'if (sequence < 1)',
    caughtBy: ofSeals(
      'an order that is sent again as it was is left undone, in the same connection and in the next',
    ),
  },
  {
    name: 'the seal says nothing of what is in the frame',
    file: SEAL,
    from: "signedBytes('seal', session, [serverId, String(sequence), canonicalJson(frame)]);",
    to: "signedBytes('seal', session, [serverId, String(sequence)]);",
    caughtBy: ofSeals('an order with another digest is left undone'),
  },
  {
    name: 'questions need no seal',
    file: 'packages/protocol/src/agent/frames.ts',
    from: "new Set<HubFrame['type']>(['challenge', 'beat', 'goodbye'])",
    to: "new Set<HubFrame['type']>(['challenge', 'beat', 'goodbye', 'query'])",
    caughtBy: ofSeals('a question is as good as an order: unsigned, it fences nothing'),
  },
  {
    name: 'a used token can set the pin once more',
    file: IDENTITY,
    from: 'token !== null && this.#pin?.token !== fingerprintOf(token.key.publicKey) ? token : null;',
    to: 'token;',
    caughtBy: ofIdentity(
      'a token that brought nothing new cannot set the pin later, when the hub has another key',
    ),
  },
  {
    name: 'a token is not used up',
    file: TOKENS,
    from: `    .deleteFrom('enrolment_tokens')
    .where('token_digest', '=', digest)
    .where('expires_at', '>', now)
    .returning('server_id')
    .executeTakeFirst();
  if (taken === undefined) return null;
  // Of those that were made for this server before, none is waited for any more.
  await open.tx.deleteFrom('enrolment_tokens').where('server_id', '=', taken.server_id).execute();`,
    to: `    .selectFrom('enrolment_tokens')
    .where('token_digest', '=', digest)
    .where('expires_at', '>', now)
    .select('server_id')
    .executeTakeFirst();
  if (taken === undefined) return null;`,
    caughtBy: ofTokens('of 100 agents that use one token at once, one gets in'),
  },
  {
    name: 'a token works for ever',
    file: TOKENS,
    from: ".where('expires_at', '>', now)",
    to: ".where('expires_at', '>', '')",
    caughtBy: ofTokens('a token is worth nothing after an hour'),
  },
  {
    name: 'the hub goes on with the old key of an agent that has told it a new one',
    file: 'packages/hub/src/enrolment/new-key.ts',
    from: '.set({ public_key: publicKey, new_key_asked_at: null })',
    to: '.set({ new_key_asked_at: null })',
    caughtBy: ofNewKey(
      'an agent that is asked for a new key is known by that one from then on, and by no other',
    ),
  },
  {
    name: 'a new key is taken that the old one has not signed',
    file: 'packages/hub/src/enrolment/new-key.ts',
    from: ' || !isWantedBy(known.public_key)) return false;',
    to: ') return isWantedBy(publicKey);',
    caughtBy: ofNewKey('whoever holds no key of this agent cannot give it another'),
  },
  {
    name: 'the agent gives its old key up before the hub has the new one',
    file: 'packages/agent/src/link/own-keys.ts',
    from: 'if (next?.publicKey !== publicKey) return;',
    to: 'if (next === null) return;',
    caughtBy: {
      file: 'packages/agent/src/link/own-keys.test.ts',
      test: 'the one before is given up when the hub says that it knows the next, and not before',
    },
  },
  {
    name: 'the agent follows its hub to a key that none before has signed',
    file: 'packages/protocol/src/link/succession.ts',
    from: 'if (!isSignedBy(public_key, bytesOf(public_key, after), signature)) break;',
    to: 'if (signature === bytesOf(public_key, after).toString()) break;',
    caughtBy: ofIdentity('a key that none of those before has signed is not followed'),
  },
  {
    name: 'after a theft the old key signs the new one all the same',
    file: 'packages/hub/src/enrolment/hub-key.ts',
    from: 'succession: isStolen ? [] : succeededBy',
    to: 'succession: isStolen && next === key ? [] : succeededBy',
    caughtBy: {
      file: 'packages/hub/src/cli/commands/rotate-key.test.ts',
      test: 'after a theft nothing leads to the new key: the agents are named, and the tokens of before are void',
    },
  },
];
