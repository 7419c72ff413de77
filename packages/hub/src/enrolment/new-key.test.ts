import type { AuditEntry } from '@homelabcmd/protocol';
import { fingerprintOf, type KeyPair, newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, TestAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

interface Wish {
  readonly asked_at: string;
  readonly told: boolean;
}

const ask = (hub: TestHub) => hub.call<Wish>('POST', '/servers/nas/agent-key');
const keyOf = (hub: TestHub) => hub.rows('SELECT public_key FROM agent_keys')[0]?.['public_key'];
const journal = (hub: TestHub) => hub.rows('SELECT life, enrolled_at FROM agent_journals');

async function audited(hub: TestHub, verb: string): Promise<AuditEntry[]> {
  const { body } = await hub.call<{ entries: AuditEntry[] }>('GET', '/audit?server_id=nas');
  return body.entries.filter((entry) => entry.verb === verb);
}

async function isTurnedAway(hub: TestHub, key: KeyPair): Promise<boolean> {
  await using agent = await new TestAgent(hub.url).opened();
  agent.hello(key);
  return (await agent.frame('goodbye')).code === 'not_enrolled';
}

/** The agent has done as it was asked, and the hub has said so. */
async function changed(agent: TestAgent, next = newKeyPair()): Promise<KeyPair> {
  const before = agent.framesOf('key_taken').length;
  agent.send(agent.newKey('nas', next));
  expect((await agent.frame('key_taken', before + 1)).public_key).toBe(next.publicKey);
  agent.key = next;
  return next;
}

test('an agent that is asked for a new key is known by that one from then on, and by no other', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  const [old, life] = [agent.key, journal(hub)];
  const { status, body } = await ask(hub);
  expect([status, body.told]).toEqual([200, true]);
  await agent.frame('renew_key');
  const next = await changed(agent);
  expect(keyOf(hub)).toBe(next.publicKey);
  const [entry] = await audited(hub, 'agent.key_changed');
  expect(entry).toMatchObject({
    actor: 'agent:nas',
    detail: { from: fingerprintOf(old.publicKey), to: fingerprintOf(next.publicKey) },
  });
  expect((await audited(hub, 'agent.key_asked'))[0]?.from_address).toBe('127.0.0.1');
  // The connection goes on, and the agent that comes again is the one that it was: nothing is sent anew, nobody is put in quarantine.
  await agent.settled();
  await using again = await connectAgent(hub, 'nas', { key: next });
  await again.settled();
  expect(journal(hub)).toEqual(life);
  expect((await hub.server('nas')).quarantine).toBeUndefined();
});

test('who comes with the key of before is turned away, and that is written down once', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  const old = agent.key;
  await ask(hub);
  await changed(agent);
  // For a moment it may be the agent itself, which has not heard of the change.
  clock.advance(59_999);
  expect(await isTurnedAway(hub, old)).toBe(true);
  expect(await audited(hub, 'agent.old_key_shown')).toEqual([]);
  clock.advance(1);
  for (let n = 0; n < 3; n += 1) expect(await isTurnedAway(hub, old)).toBe(true);
  expect(await audited(hub, 'agent.old_key_shown')).toMatchObject([
    { actor: 'hub', detail: { key: fingerprintOf(old.publicKey) } },
  ]);
  // It did not disturb the one that is there: silent for a minute, it is online as soon as it says something.
  await agent.settled();
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('online');
});

test('a key can be changed again on the same connection, and each change is signed by the key before it', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const keys = [agent.key];
  for (let n = 1; n <= 3; n += 1) {
    await ask(hub);
    await agent.frame('renew_key', n);
    keys.push(await changed(agent));
  }
  expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(4);
  for (const old of keys.slice(0, 3)) expect(await isTurnedAway(hub, old)).toBe(true);
});

test('a wish outlives the connection and the hub: the agent is told whenever it connects, until it has been done', async () => {
  using folder = disposableFolder();
  let key: KeyPair;
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    const agent = await connectAgent(hub, 'nas');
    key = agent.key;
    await agent[Symbol.asyncDispose]();
    await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
    const first = await ask(hub);
    expect(first.body.told).toBe(false);
    expect((await ask(hub)).body).toEqual(first.body);
    expect(await audited(hub, 'agent.key_asked')).toHaveLength(1);
    await using again = await connectAgent(hub, 'nas', { key });
    await again.frame('renew_key');
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await using agent = await connectAgent(hub, 'nas', { key });
  await agent.frame('renew_key');
  await changed(agent);
  await using again = await connectAgent(hub, 'nas', { key: agent.key });
  await again.settled();
  expect(again.framesOf('renew_key')).toEqual([]);
});

test('the answer may be lost: the agent tells again, or comes with the new key, and finds the hub changed', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await ask(hub);
  const next = await changed(agent);
  // As if it had not heard: it says the same once more, on this connection and on one that it opened with the new key.
  const told = agent.newKey('nas', next, newKeyPair());
  agent.send(told);
  await agent.frame('key_taken', 2);
  await using again = await connectAgent(hub, 'nas', { key: next });
  again.send(again.newKey('nas', next));
  await again.frame('key_taken');
  expect(await audited(hub, 'agent.key_changed')).toHaveLength(1);
});

test('a key that nobody has asked for is not taken', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.send(agent.newKey('nas', newKeyPair()));
  await agent.settled();
  expect([keyOf(hub), agent.framesOf('key_taken')]).toEqual([agent.key.publicKey, []]);
});

test('whoever holds no key of this agent cannot give it another', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await using attic = await connectAgent(hub, 'attic');
  await ask(hub);
  const thief = newKeyPair();
  // Somebody on the way, who can change what the agent says but has not its key.
  agent.send(agent.newKey('nas', thief, thief));
  // The agent of another server, on its own connection.
  attic.send(attic.newKey('attic', thief));
  await Promise.all([agent.settled(), attic.settled()]);
  expect([agent.framesOf('key_taken'), attic.framesOf('key_taken')]).toEqual([[], []]);
  expect(hub.rows('SELECT public_key FROM agent_keys ORDER BY server_id')).toEqual([
    { public_key: attic.key.publicKey },
    { public_key: agent.key.publicKey },
  ]);
});

test('what was heard on one connection is worth nothing on another', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await ask(hub);
  const said = agent.newKey('nas', newKeyPair());
  await using again = await connectAgent(hub, 'nas', { key: agent.key });
  again.send(said);
  expect((await again.frame('goodbye')).code).toBe('bad_proof');
  expect(keyOf(hub)).toBe(agent.key.publicKey);
});

test('what an agent tells on a connection that it has left is not heard', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await ask(hub);
  const late = agent.newKey('nas', newKeyPair());
  await using again = await connectAgent(hub, 'nas', { key: agent.key });
  agent.send(late);
  await agent.frame('goodbye');
  await again.frame('renew_key');
  expect([keyOf(hub), agent.framesOf('key_taken')]).toEqual([agent.key.publicKey, []]);
  await changed(again);
});

test('no agent gets a key that another has, or had', async () => {
  await using hub = await startTestHub();
  await using attic = await connectAgent(hub, 'attic');
  await using agent = await connectAgent(hub, 'nas');
  const old = agent.key;
  await ask(hub);
  await changed(agent);
  await ask(hub);
  for (const taken of [attic.key, old]) agent.send(agent.newKey('nas', taken));
  await agent.settled();
  expect(agent.framesOf('key_taken')).toHaveLength(1);
  expect(hub.faults).toEqual([]);
});

test('in quarantine no key changes, and after it the wish is told', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await ask(hub);
  await agent.frame('renew_key');
  await hub.write(
    `INSERT INTO quarantines (server_id, since, reason) VALUES ('nas', '2026-01-01T00:00:00.000Z', 'two')`,
  );
  const next = newKeyPair();
  agent.send(agent.newKey('nas', next));
  await agent.settled();
  expect([keyOf(hub), agent.framesOf('key_taken')]).toEqual([agent.key.publicKey, []]);
  const refused = await hub.call('POST', '/servers/nas/agent-key');
  expect([refused.status, refused.body.code]).toEqual([409, 'quarantined']);
  await hub.call('POST', '/servers/nas/release');
  await agent.frame('renew_key', 2);
  await changed(agent, next);
});

test('of a server without an agent no new key can be asked', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (const path of ['/servers/nas/agent-key', '/servers/nobody/agent-key']) {
    const { status, body } = await hub.call('POST', path);
    expect([status, body.code]).toEqual([404, 'not_found']);
  }
});

test('an agent that enrols anew is asked for nothing', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  await ask(hub);
  await using successor = await connectAgent(hub, 'nas');
  await successor.settled();
  expect(successor.framesOf('renew_key')).toEqual([]);
});
