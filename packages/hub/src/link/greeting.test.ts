import { readFileSync } from 'node:fs';
import type { ProofFrame } from '@homelabcmd/protocol';
import {
  answerTo,
  greetingOf,
  isSignedBy,
  keyPairFromPem,
  newKeyPair,
  readEnrolmentToken,
  signedBytes,
} from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

/** Somebody at the door who says what the test has it say; answers the goodbye, and asserts that nobody was let in. */
async function turnedAway(hub: TestHub, say: (stranger: TestAgent) => Promise<void> | void) {
  await using stranger = await new TestAgent(hub.url).opened();
  await say(stranger);
  const { v, code, detail } = await stranger.frame('goodbye');
  await stranger.closed();
  expect(stranger.framesOf('welcome')).toEqual([]);
  return { v, code, detail };
}

/** An agent's identity with a token of this server, outside of any connection. */
async function newcomer(hub: TestHub) {
  const token = readEnrolmentToken(await hub.hub.enrol('nas'));
  return { key: newKeyPair(), tokenKey: token?.key ?? null, isTrusted: () => true };
}

test('the hub proves itself with the key of its data folder before the agent has told anything', async () => {
  await using hub = await startTestHub();
  await using stranger = await new TestAgent(hub.url).opened();
  const { hello } = greetingOf(await newcomer(hub));
  stranger.send(hello);
  const { public_key, nonce, signature } = await stranger.frame('challenge');
  const kept = keyPairFromPem(readFileSync(`${hub.dataDir}/hub-key`, 'utf8'));
  expect([public_key, hub.hub.publicKey]).toEqual([kept.publicKey, kept.publicKey]);
  const session = {
    ...{ version: 2, versions: hello.versions, agentKey: hello.public_key, hubKey: public_key },
    ...{ agentNonce: hello.nonce, hubNonce: nonce },
  };
  expect(isSignedBy(kept.publicKey, signedBytes('challenge', session), signature)).toBe(true);
  expect(isSignedBy(kept.publicKey, signedBytes('seal', session), signature)).toBe(false);
});

test('a greeting that was listened to opens nothing when it is said again', async () => {
  await using hub = await startTestHub();
  const { hello, answer } = greetingOf(await newcomer(hub));
  let heard: ProofFrame | null = null;
  {
    await using agent = await new TestAgent(hub.url).opened();
    agent.send(hello);
    const { proof, unseal } = answer(await agent.frame('challenge'), FACTS);
    Object.assign(agent, { unseal });
    agent.send(proof);
    heard = proof;
    await expect.poll(async () => (await hub.server('nas')).liveness).toBe('online');
    agent.socket.terminate();
  }
  for (const again of [hello, greetingOf({ ...(await newcomer(hub)), key: newKeyPair() }).hello]) {
    const { code } = await turnedAway(hub, async (thief) => {
      thief.send(again);
      await thief.frame('challenge');
      if (heard) thief.send(heard);
    });
    expect(code).toBe('bad_proof');
  }
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
});

test('who names the key of another and cannot sign with it is turned away', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const thief = await newcomer(hub);
  const { hello, answer } = greetingOf({
    ...thief,
    key: { ...thief.key, publicKey: agent.key.publicKey },
  });
  const { code } = await turnedAway(hub, async (stranger) => {
    stranger.send(hello);
    stranger.send(answer(await stranger.frame('challenge'), FACTS).proof);
  });
  expect(code).toBe('bad_proof');
  await agent.settled();
});

test('a token that is named without its secret is no token', async () => {
  await using hub = await startTestHub();
  const identity = await newcomer(hub);
  const { hello, answer } = greetingOf(identity);
  const forged = await turnedAway(hub, async (stranger) => {
    stranger.send(hello);
    const { proof } = answer(await stranger.frame('challenge'), FACTS);
    stranger.send({
      ...proof,
      token: { public_key: identity.tokenKey?.publicKey ?? '', signature: proof.signature },
    });
  });
  expect(forged.code).toBe('not_enrolled');
  // It was not used up by that.
  await using agent = await new TestAgent(hub.url).opened();
  const again = greetingOf(identity);
  agent.send(again.hello);
  const { proof, unseal } = again.answer(await agent.frame('challenge'), FACTS);
  Object.assign(agent, { unseal });
  agent.send(proof);
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('online');
});

test('a hub in between that answers with its own key gets a proof that is worth nothing elsewhere', async () => {
  await using hub = await startTestHub();
  const identity = await newcomer(hub);
  const { hello, answer } = greetingOf(identity);
  const between = newKeyPair();
  // The agent is talked into trusting it, which a real one is not.
  const { proof } = answer(answerTo(hello, between).challenge, FACTS);
  const { code } = await turnedAway(hub, async (stranger) => {
    stranger.send(hello);
    await stranger.frame('challenge');
    stranger.send(proof);
  });
  expect(code).toBe('bad_proof');
});

test.each([
  ['an agent of version 1', { v: 1, type: 'hello', secret: 'hlca_x', facts: FACTS }, 1, /Update the agent/],
  [
    'an agent of version 99 alone',
    { v: 99, type: 'hello', versions: { oldest: 99, newest: 99 } },
    99,
    /Update the hub/,
  ],
  ['a version without a range', { v: 3, type: 'hello' }, 3, /Update the hub/],
])('%s is told which side to update, in a frame that it reads', async (_what, frame, version, words) => {
  await using hub = await startTestHub();
  const goodbye = await turnedAway(hub, (agent) => agent.send(JSON.stringify(frame)));
  expect(goodbye).toMatchObject({ v: version, code: 'unsupported_version' });
  expect(goodbye.detail).toMatch(words);
  expect(hub.faults).toEqual([]);
});

test('an agent that is newer and still speaks this version is let in, and what it says besides is passed over', async () => {
  await using hub = await startTestHub();
  await using agent = await new TestAgent(hub.url).opened();
  const { hello, answer } = greetingOf(await newcomer(hub));
  hello.versions = { oldest: 2, newest: 4 };
  agent.send(JSON.stringify({ ...hello, v: 4, of_later: true }));
  const { proof, unseal } = answer(await agent.frame('challenge'), FACTS);
  Object.assign(agent, { unseal });
  agent.send(proof);
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('online');
});
