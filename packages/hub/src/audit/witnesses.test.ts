import type { HubFrame, Witness } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, type TestAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { openTestStore } from '../../test/store-access.ts';
import { Witnesses } from './witnesses.ts';

const ORDER_ID = '01890a5d-ac96-774b-bcce-000000000001';
const AT = '2026-01-01T00:00:00.000Z';
const held = (entry: number) => ({ entry, hash: 'ab'.repeat(32), order_id: ORDER_ID, at: AT });

/** Answers the question for heads as an agent does that has this many. */
const holding = (agent: TestAgent, total: number) => (frame: HubFrame) => {
  if (frame.type !== 'query_heads') return;
  const heads = Array.from({ length: Math.min(total, frame.limit) }, (_, n) => held(total - n));
  agent.send({ v: 2, type: 'heads', query_id: frame.query_id, total, heads });
};

const ask = async (hub: TestHub, query = '') =>
  (await hub.call<{ head: object; witnesses: Witness[] }>('GET', `/audit/witnesses${query}`)).body;

test('every server is in the answer: what its agent holds, or why there is nothing from it', async () => {
  await using hub = await startTestHub();
  await hub.addServer('attic');
  await using nas = await connectAgent(hub, 'nas');
  nas.onFrame = holding(nas, 3);
  const { keeps_audit_heads: _, ...older } = FACTS;
  await using old = await connectAgent(hub, 'old', { facts: older });
  const { head, witnesses } = await ask(hub, '?limit=2');
  expect(head).toEqual({
    ...{
      entry: hub.rows('SELECT * FROM audit_entries').length,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
  expect(witnesses).toEqual([
    { server_id: 'attic', status: 'offline', heads: [], total: 0 },
    { server_id: 'nas', status: 'answered', heads: [held(3), held(2)], total: 3 },
    { server_id: 'old', status: 'keeps_none', heads: [], total: 0 },
  ]);
  expect(old.framesOf('query_heads')).toEqual([]);
});

test('nobody answers for another, and an answer that nobody asked for is passed over', async () => {
  await using hub = await startTestHub();
  await using liar = await connectAgent(hub, 'liar');
  await using nas = await connectAgent(hub, 'nas');
  liar.onFrame = holding(liar, 0);
  nas.onFrame = (frame) => {
    if (frame.type !== 'query_heads') return;
    liar.send({ v: 2, type: 'heads', query_id: frame.query_id, total: 1, heads: [held(99)] });
    void liar.settled().then(() => holding(nas, 1)(frame));
  };
  const { witnesses } = await ask(hub);
  expect(witnesses).toMatchObject([
    { server_id: 'liar', heads: [] },
    { server_id: 'nas', status: 'answered', heads: [held(1)] },
  ]);
  nas.send({ v: 2, type: 'heads', query_id: 4711, total: 0, heads: [] });
  await nas.settled();
  expect(hub.faults).toEqual([]);
});

test('an agent that does not answer is silent, and holds up no answer of another', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  for (const server_id of ['mute', 'nas'])
    await store.db
      .insertInto('servers')
      .values({
        ...{ server_id, display_name: null, tags_json: '[]', liveness: 'online', liveness_since: AT },
        ...{ last_seen_at: AT, facts_json: JSON.stringify(FACTS), maintenance_json: '{}', created_at: AT },
        revision: 1,
      })
      .execute();
  const line = {
    isConnected: () => true,
    send: (serverId: string, frame: HubFrame) => {
      if (serverId === 'nas' && frame.type === 'query_heads')
        witnesses.heard('nas', { v: 2, type: 'heads', query_id: frame.query_id, total: 1, heads: [held(1)] });
      return true;
    },
  };
  const witnesses: Witnesses = new Witnesses(store.db, line, 20);
  expect(await witnesses.askAll(5)).toMatchObject([
    { server_id: 'mute', status: 'silent' },
    { server_id: 'nas', status: 'answered', heads: [held(1)] },
  ]);
});
