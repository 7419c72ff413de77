import type { Action, AuditEntry, HeldHead, OrderResult, Server } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { type ConnectedAgent, connectAgent, TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const AT = '2026-01-01T00:00:00.000Z';
const NEVER: Partial<OrderResult> = { outcome: 'refused', code: 'never_started', exit_code: null };

/** Carries out one order as an agent does, which has it on its disk from then on. */
async function runOrder(hub: TestHub, agent: ConnectedAgent, service: string): Promise<HeldHead> {
  const { order_id } = await hub.orderRestart('nas', service);
  await expect
    .poll(() => agent.framesOf('order').some(({ order }) => order.order_id === order_id))
    .toBe(true);
  const { audit } = agent.framesOf('order').find(({ order }) => order.order_id === order_id) ?? {};
  const head: HeldHead = {
    entry: audit?.entry ?? 0,
    hash: audit?.hash ?? '',
    order_id,
    at: new Date().toISOString(),
  };
  agent.heads = [head, ...(agent.heads ?? [])];
  agent.progress(order_id, 'started');
  agent.result(order_id);
  await agent.settled();
  return head;
}

const newestKnown = (hub: TestHub) =>
  hub.rows<{ newest_order_id: string }>('SELECT newest_order_id FROM agent_journals')[0]?.newest_order_id;
const release = (hub: TestHub) => hub.call<Server>('POST', '/servers/nas/release');

test('an agent that has lost an order that it had on its disk is in quarantine, until a person lifts that', async () => {
  await using hub = await startTestHub();
  const nas = await connectAgent(hub, 'nas');
  const head = await runOrder(hub, nas, 'plex');
  await expect.poll(() => newestKnown(hub)).toBe(head.order_id);
  const out = await hub.orderRestart('nas', 'sonarr');
  await nas.frame('order', 2);
  nas.socket.terminate();
  await nas.closed();

  await using back = await connectAgent(hub, 'nas', { key: nas.key, heads: [] });
  await expect
    .poll(async () => (await hub.server('nas')).quarantine?.reason)
    .toMatch(new RegExp(`no longer has the order ${head.order_id} .* set back to a snapshot`));
  expect((await hub.action(out.action_id)).status).toBe('unknown');
  const approved = await hub.orderRestart('nas', 'web');
  await back.settled();
  // It would say of the order that is out that it never began, and that need not be so: nobody asks it.
  expect([back.framesOf('order'), back.framesOf('query')]).toEqual([[], []]);
  expect((await hub.action(approved.action_id)).status).toBe('approved');

  expect((await release(hub)).body.quarantine).toBeUndefined();
  expect((await back.frame('order')).order.order_id).toBe(approved.order_id);
  const { entries } = (await hub.call<{ entries: AuditEntry[] }>('GET', '/audit?server_id=nas')).body;
  expect(entries.map(({ verb }) => verb)).toEqual(
    expect.arrayContaining(['agent.quarantined', 'agent.released']),
  );
  expect(hub.faults).toEqual([]);
});

test('after the quarantine the same agent is no news, and what it then has is what it must keep', async () => {
  await using hub = await startTestHub();
  const nas = await connectAgent(hub, 'nas');
  const head = await runOrder(hub, nas, 'plex');
  await expect.poll(() => newestKnown(hub)).toBe(head.order_id);
  nas.socket.terminate();
  for (const isQuarantined of [true, false]) {
    await using back = await connectAgent(hub, 'nas', { key: nas.key, heads: [] });
    await back.settled();
    expect((await hub.server('nas')).quarantine !== undefined).toBe(isQuarantined);
    await release(hub);
    back.socket.terminate();
  }
});

test('an agent that keeps what it had is never in quarantine, however often it comes', async () => {
  await using hub = await startTestHub();
  let nas = await connectAgent(hub, 'nas');
  for (const service of ['plex', 'sonarr', 'web']) {
    const head = await runOrder(hub, nas, service);
    await expect.poll(() => newestKnown(hub)).toBe(head.order_id);
    const { key, heads } = nas;
    nas.socket.terminate();
    nas = await connectAgent(hub, 'nas', { key, heads });
    await nas.settled();
    expect((await hub.server('nas')).quarantine).toBeUndefined();
  }
  await nas[Symbol.asyncDispose]();
});

/** A second process with the key of a server whose agent is there and alive. */
async function twice(hub: TestHub) {
  const first = await new TestAgent(hub.url, {}, undefined, true).opened();
  first.hello(await hub.hub.enrol('nas'));
  await first.frame('welcome');
  const out = await hub.orderRestart('nas', 'plex');
  await first.frame('order');
  const second = await connectAgent(hub, 'nas', { key: first.key });
  return { first, second, out };
}

test('a cloned agent: two that live hold one key, and nothing is sent to either', async () => {
  await using hub = await startTestHub();
  const { first, second, out } = await twice(hub);
  await expect
    .poll(async () => (await hub.server('nas')).quarantine?.reason)
    .toMatch(/^Two agents are connected as nas at the same time, from 127\.0\.0\.1 and 127\.0\.0\.1/);
  expect((await first.frame('goodbye')).code).toBe('superseded');
  const action = await hub.orderRestart('nas', 'web');
  await second.settled();
  expect([second.framesOf('order'), second.framesOf('query')]).toEqual([[], []]);
  const read = async ({ action_id }: Action) => (await hub.action(action_id)).status;
  expect([await read(out), await read(action)]).toEqual(['unknown', 'approved']);
  await second[Symbol.asyncDispose]();
});

test('an agent whose earlier connection is dead comes back as ever', async () => {
  await using hub = await startTestHub();
  // Its machine is gone without a word: the connection looks open, and nobody answers on it.
  await using first = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  await first.frame('order');
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect((await second.frame('order')).order.order_id).toBe(action.order_id);
  expect((await hub.server('nas')).quarantine).toBeUndefined();
});

test('a server that was installed anew is another agent: orders of the one before never go to it', async () => {
  await using hub = await startTestHub();
  const old = await connectAgent(hub, 'nas');
  const out = await hub.orderRestart('nas', 'plex');
  await old.frame('order');
  old.socket.terminate();
  await old.closed();
  await using fresh = await connectAgent(hub, 'nas');
  await expect.poll(async () => (await hub.action(out.action_id)).status).toBe('unknown');
  await fresh.settled();
  expect([fresh.framesOf('order'), fresh.framesOf('query')]).toEqual([[], []]);
  expect((await hub.action(out.action_id)).steps.at(-1)?.detail).toMatch(
    /replaced by one that enrolled anew/,
  );
  expect((await hub.server('nas')).quarantine).toBeUndefined();
  const next = await hub.orderRestart('nas', 'web');
  expect((await fresh.frame('order')).order.order_id).toBe(next.order_id);
});

test('an agent that enrolled anew with its record kept is asked about what it holds', async () => {
  await using hub = await startTestHub();
  const old = await connectAgent(hub, 'nas');
  const out = await hub.orderRestart('nas', 'plex');
  const { audit } = await old.frame('order');
  old.progress(out.order_id, 'started');
  await old.settled();
  old.socket.terminate();
  const head = { entry: audit?.entry ?? 0, hash: audit?.hash ?? '', order_id: out.order_id, at: AT };
  await using fresh = await connectAgent(hub, 'nas', { heads: [head] });
  expect((await fresh.frame('query')).order_ids).toEqual([out.order_id]);
  fresh.result(out.order_id, NEVER);
  await fresh.frame('result_ack');
  expect((await hub.action(out.action_id)).status).toBe('refused');
});

test('to lift a quarantine that there is not changes nothing, and of a server that there is not is 404', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  expect((await release(hub)).status).toBe(200);
  expect((await hub.call('POST', '/servers/attic/release')).status).toBe(404);
});
