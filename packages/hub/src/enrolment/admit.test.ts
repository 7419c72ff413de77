import type { AuditEntry } from '@homelabcmd/protocol';
import { fingerprintOf, newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, TestAgent } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

async function codeFor(hub: TestHub, as: Parameters<TestAgent['hello']>[0]): Promise<string> {
  await using agent = await new TestAgent(hub.url).opened();
  agent.hello(as);
  return (await agent.frame('goodbye')).code;
}

test('a token brings an agent in once; from then on its key is enough', async () => {
  await using hub = await startTestHub();
  const token = await hub.hub.enrol('nas');
  await using first = await connectAgent(hub, 'nas', { token });
  expect(await first.frame('welcome')).toMatchObject({ server_id: 'nas', expected: [] });
  expect(hub.rows('SELECT server_id, public_key FROM agent_keys')).toEqual([
    { server_id: 'nas', public_key: first.key.publicKey },
  ]);
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  await second.settled();
  expect(await codeFor(hub, token)).toBe('not_enrolled');
  const { entries } = (await hub.call<{ entries: AuditEntry[] }>('GET', '/audit?server_id=nas')).body;
  expect(entries.find(({ verb }) => verb === 'enrolment.used')?.detail).toMatchObject({
    key: fingerprintOf(first.key.publicKey),
  });
});

test('an answer that was lost locks nobody out: the same agent comes again with the same token, and no other does', async () => {
  await using hub = await startTestHub();
  const token = await hub.hub.enrol('nas');
  const key = newKeyPair();
  for (let n = 0; n < 3; n += 1) {
    const agent = await new TestAgent(hub.url).opened();
    agent.key = key;
    agent.hello(token);
    await agent.frame('welcome');
    agent.socket.terminate();
  }
  expect(await codeFor(hub, token)).toBe('not_enrolled');
  expect(hub.rows(`SELECT 1 FROM audit_entries WHERE verb = 'enrolment.used'`)).toHaveLength(1);
});

test('of 100 agents that use one token at once, one gets in', async () => {
  await using hub = await startTestHub();
  const token = await hub.hub.enrol('nas');
  const agents = await Promise.all(Array.from({ length: 100 }, () => new TestAgent(hub.url).opened()));
  for (const agent of agents) agent.hello(token);
  const answers = await Promise.all(
    agents.map(async (agent) => {
      await expect.poll(() => agent.frames.length, { timeout: 60_000 }).toBeGreaterThan(0);
      return agent.frames[0];
    }),
  );
  const isIn = answers.map((frame) => frame?.type === 'welcome');
  expect(isIn.filter(Boolean)).toHaveLength(1);
  expect(answers.filter((frame) => frame?.type === 'goodbye' && frame.code === 'not_enrolled')).toHaveLength(
    99,
  );
  expect(hub.rows('SELECT public_key FROM agent_keys')).toEqual([
    { public_key: agents[isIn.indexOf(true)]?.key.publicKey },
  ]);
  // The others were never bound either, to be turned away by the next.
  expect(hub.rows(`SELECT 1 FROM audit_entries WHERE verb = 'enrolment.used'`)).toHaveLength(1);
  for (const agent of agents) agent.socket.terminate();
});

test('a token made for an agent that replaces another outlives the other’s reconnects', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using old = await connectAgent(hub, 'nas');
  clock.advance(1000);
  const token = await hub.hub.enrol('nas');
  await using again = await connectAgent(hub, 'nas', { key: old.key });
  await again.settled();
  await using successor = await connectAgent(hub, 'nas', { token });
  await successor.settled();
  expect((await again.frame('goodbye')).code).toBe('superseded');
  expect(await codeFor(hub, old.key)).toBe('not_enrolled');
});

test('a token that was not used ends with the one that was', async () => {
  await using hub = await startTestHub();
  const unused = await hub.hub.enrol('nas');
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  expect(await codeFor(hub, unused)).toBe('not_enrolled');
});

test('a token is worth nothing after an hour', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const { body } = await hub.call<{ token: string; expires_at: string }>('POST', '/servers/nas/enrolment');
  expect(Date.parse(body.expires_at) - clock.nowMs()).toBeLessThanOrEqual(3_600_000);
  clock.advance(Date.parse(body.expires_at) - clock.nowMs());
  expect(await codeFor(hub, body.token)).toBe('not_enrolled');
});

test('a key that nobody knows opens nothing', async () => {
  await using hub = await startTestHub();
  await hub.hub.enrol('nas');
  expect(await codeFor(hub, newKeyPair())).toBe('not_enrolled');
  expect((await hub.server('nas')).liveness).toBe('never_seen');
});

test('an agent that is known stays what it is, whatever token it brings', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const other = await hub.hub.enrol('attic');
  await using back = await new TestAgent(hub.url).opened();
  back.key = agent.key;
  back.hello(other);
  expect((await back.frame('welcome')).server_id).toBe('nas');
  expect((await hub.server('attic')).liveness).toBe('never_seen');
});

test('a token that an agent brings which is known already is used up all the same', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const token = await hub.hub.enrol('nas');
  await using back = await new TestAgent(hub.url).opened();
  back.key = agent.key;
  back.hello(token);
  await back.settled();
  expect(await codeFor(hub, token)).toBe('not_enrolled');
  expect(hub.rows('SELECT public_key FROM agent_keys')).toEqual([{ public_key: agent.key.publicKey }]);
  await back.settled();
});
