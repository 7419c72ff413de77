import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Action, AuditEntry, Freeze, HeldHead } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const orderId = (n: number) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`;

/** A head that no hub of ours has given, or that one of ours has given and forgotten. */
const lostHead = (entry: number, n = entry): HeldHead => ({
  ...{ entry, hash: 'ab'.repeat(32), order_id: orderId(n), at: '2026-01-01T00:00:00.000Z' },
  target: 'systemd:plex.service',
});

const freezeOf = async (hub: TestHub) => (await hub.call<Freeze>('GET', '/freeze')).body;
const unfreeze = (hub: TestHub) => hub.call<Freeze>('PUT', '/freeze', { on: false });
const auditOf = async (hub: TestHub, verb: string) =>
  (await hub.call<{ entries: AuditEntry[] }>('GET', `/audit?verb=${verb}`)).body.entries;
const endOf = (hub: TestHub) =>
  hub.rows<{ entry: number; hash: string }>(
    'SELECT id AS entry, hash FROM audit_entries ORDER BY id DESC LIMIT 1',
  )[0] ?? { entry: 0, hash: '' };

test('an agent that has seen a later entry freezes the fleet, and what is open is ended; nothing is sent', async () => {
  await using hub = await startTestHub();
  const media = await connectAgent(hub, 'media');
  await using first = await connectAgent(hub, 'nas');
  const dispatched = await hub.orderRestart('nas', 'sonarr');
  await first.frame('order');
  first.socket.terminate();
  const waiting = await hub.orderRestart('media', 'web');
  await media.frame('order');
  const { body: pending } = await hub.restart('media', 'wiki');
  media.socket.terminate();

  const { entry } = endOf(hub);
  await using back = await connectAgent(hub, 'media', {
    ...{ key: media.key, heads: [lostHead(entry + 22)] },
  });
  await expect.poll(async () => (await freezeOf(hub)).on).toBe(true);
  expect((await freezeOf(hub)).reason).toMatch(
    new RegExp(
      `older than what the agent on media has seen: entry ${entry + 22} of the audit, and ours ends`,
    ),
  );
  const statuses = await Promise.all(
    [dispatched, waiting, pending].map(async ({ action_id }) => (await hub.action(action_id)).status),
  );
  expect(statuses).toEqual(['unknown', 'unknown', 'expired']);
  await back.settled();
  expect(back.framesOf('order')).toEqual([]);
  // What may have run is asked about, and so is the order that this store has never heard of.
  expect(back.framesOf('query').flatMap((frame) => frame.order_ids)).toEqual([
    ...[waiting.order_id, orderId(entry + 22)],
  ]);
  expect((await auditOf(hub, 'store.set_back'))[0]?.detail).toMatchObject({ lost_entry: entry + 22 });
  expect(hub.faults).toEqual([]);
});

test('an approval that had not been sent is unknown too: it may have been since', async () => {
  await using hub = await startTestHub();
  const nas = await connectAgent(hub, 'nas');
  // It has checked in, so that it is no news when it comes again.
  await nas.settled();
  nas.socket.terminate();
  // The hub has noticed: it would send the order on the dead connection otherwise.
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
  const action = await hub.orderRestart('nas', 'plex');
  await using back = await connectAgent(hub, 'nas', {
    ...{ key: nas.key, heads: [lostHead(500)] },
  });
  await expect.poll(async () => (await hub.action(action.action_id)).status).toBe('unknown');
  expect((await back.frame('query')).order_ids).toEqual([action.order_id]);
  back.result(action.order_id);
  await back.frame('result_ack');
  expect((await hub.action(action.action_id)).steps.map(({ step }) => step)).toEqual([
    ...['pending', 'approved', 'unknown', 'completed'],
  ]);
  expect(back.framesOf('order')).toEqual([]);
});

test('the same entry with another hash is told as another story', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas');
  await nas.settled();
  nas.socket.terminate();
  await using _back = await connectAgent(hub, 'nas', {
    ...{ key: nas.key, heads: [lostHead(1)] },
  });
  await expect
    .poll(async () => (await freezeOf(hub)).reason)
    .toMatch(/another story .* entry 1 of the audit/);
});

test('heads of this store’s own chain are no sign of anything', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas');
  await nas.settled();
  nas.socket.terminate();
  const heads = [{ ...endOf(hub), order_id: orderId(1), at: '2026-01-01T00:00:00.000Z' }];
  await using back = await connectAgent(hub, 'nas', { key: nas.key, heads });
  await back.settled();
  await hub.orderRestart('nas', 'plex');
  await back.frame('order');
  expect((await freezeOf(hub)).on).toBe(false);
});

test('an agent that does not say what it holds is sent nothing, until it does', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas', { heads: null });
  const { query_id } = await nas.frame('query_heads');
  const action = await hub.orderRestart('nas', 'plex');
  await nas.settled();
  expect([nas.framesOf('order'), (await hub.action(action.action_id)).status]).toEqual([[], 'approved']);
  nas.send({ v: 2, type: 'heads', query_id, total: 0, heads: [] });
  expect((await nas.frame('order')).order.order_id).toBe(action.order_id);
});

test('the freeze is lifted: what was lost by then is no news, from whomever it comes; something later is', async () => {
  await using hub = await startTestHub();
  const ids = ['attic', 'media', 'nas'];
  const agents = await Promise.all(ids.map((id) => connectAgent(hub, id)));
  for (const agent of agents) await agent.settled();
  for (const agent of agents) agent.socket.terminate();
  const comes = async (id: string, heads: HeldHead[]) => {
    const { key } = agents[ids.indexOf(id)] ?? { key: newKeyPair() };
    await using back = await connectAgent(hub, id, { key, heads });
    await back.settled();
  };
  await comes('nas', [lostHead(500)]);
  expect((await freezeOf(hub)).on).toBe(true);
  // More of the same: the freeze is there already.
  await comes('media', [lostHead(600)]);
  await unfreeze(hub);
  await expect.poll(() => hub.rows('SELECT accepted_entry FROM setbacks')).toEqual([{ accepted_entry: 600 }]);
  await comes('nas', [lostHead(500)]);
  await comes('media', [lostHead(600)]);
  await comes('attic', [lostHead(550), lostHead(560)]);
  expect((await freezeOf(hub)).on).toBe(false);
  // It holds this one since: another setback, though its number is a small one.
  await comes('attic', [lostHead(550), lostHead(560), lostHead(540, 9)]);
  expect((await freezeOf(hub)).on).toBe(true);
  expect(hub.rows('SELECT setback_id FROM setbacks')).toEqual([{ setback_id: 1 }, { setback_id: 2 }]);
});

test('what an agent brings from another hub when it enrols is not about this store', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas', { heads: [lostHead(4711)] });
  await nas.settled();
  nas.socket.terminate();
  await using back = await connectAgent(hub, 'nas', {
    ...{ key: nas.key, heads: [lostHead(4711)] },
  });
  await back.settled();
  expect((await freezeOf(hub)).on).toBe(false);
  expect(back.framesOf('query')).toEqual([]);
});

test('an agent whose check-in is lost with the rest is asked about what it holds; one that enrolled since is not', async () => {
  await using hub = await startTestHub();
  const [media, nas] = await Promise.all([connectAgent(hub, 'media'), connectAgent(hub, 'nas')]);
  for (const agent of [media, nas]) await agent.settled();
  for (const agent of [media, nas]) agent.socket.terminate();
  // As in a copy that was made between its enrolment and what it then said that it holds.
  await hub.write(`DELETE FROM agent_journals WHERE server_id = 'nas'`);
  await using _media = await connectAgent(hub, 'media', {
    ...{ key: media.key, heads: [lostHead(500)] },
  });
  await expect.poll(async () => (await freezeOf(hub)).on).toBe(true);
  await using back = await connectAgent(hub, 'nas', {
    ...{ key: nas.key, heads: [lostHead(501)] },
  });
  expect((await back.frame('query')).order_ids).toEqual([orderId(501)]);
  await using attic = await connectAgent(hub, 'attic', { heads: [lostHead(502)] });
  await attic.settled();
  expect(attic.framesOf('query')).toEqual([]);
});

test('what an agent says of an order that this store does not know is in the audit, once', async () => {
  await using hub = await startTestHub();
  await using nas = await connectAgent(hub, 'nas');
  await nas.settled();
  nas.socket.terminate();
  await using back = await connectAgent(hub, 'nas', {
    ...{ key: nas.key, heads: [lostHead(500)] },
  });
  await back.frame('query');
  for (let times = 0; times < 2; times += 1) back.result(orderId(500));
  await back.frame('result_ack', 2);
  const told = await auditOf(hub, 'order.unaccounted');
  expect(told).toMatchObject([
    {
      ...{ actor: 'agent:nas', server_id: 'nas' },
      detail: {
        ...{ order_id: orderId(500), outcome: 'completed', target: 'systemd:plex.service' },
        note: expect.stringContaining('The agent on nas says that the order '),
      },
    },
  ]);
});

test('after a start nobody is sent anything before those who were there have been heard: one may know better', async () => {
  using folder = disposableFolder();
  const keys = { nas: newKeyPair(), media: newKeyPair() };
  let approved: Action;
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    const nas = await connectAgent(hub, 'nas');
    Object.assign(keys, { nas: nas.key, media: (await connectAgent(hub, 'media')).key });
    const attic = await hub.addServer('attic');
    expect(attic.liveness).toBe('never_seen');
    await hub.write(`UPDATE fleet_freeze SET is_on = 1`);
    approved = await hub.orderRestart('nas', 'plex');
    // What comes in after the approval is taken in after the dispatcher has looked at it.
    await nas.settled();
    await hub.write(`UPDATE fleet_freeze SET is_on = 0`);
  }
  rmSync(join(folder.path, 'audit-mark.json'));
  await using hub = await startTestHub({ dataDir: folder.path });
  await using nas = await connectAgent(hub, 'nas', { key: keys.nas });
  await nas.settled();
  expect([nas.framesOf('order'), (await hub.action(approved.action_id)).status]).toEqual([[], 'approved']);
  await using media = await connectAgent(hub, 'media', {
    ...{ key: keys.media, heads: [lostHead(500)] },
  });
  expect((await nas.frame('query')).order_ids).toEqual([approved.order_id]);
  expect((await hub.action(approved.action_id)).status).toBe('unknown');
  await media.settled();
  expect([nas.framesOf('order'), (await freezeOf(hub)).on]).toEqual([[], true]);
});
