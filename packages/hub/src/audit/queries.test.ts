import type { AuditEntry } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail, writesWork } from '../../test/store-access.ts';

interface Page {
  readonly entries: AuditEntry[];
  readonly next_cursor: number | null;
}

const list = async (hub: TestHub, query = '') => (await hub.call<Page>('GET', `/audit${query}`)).body;

/** What the audit says happened, oldest first. */
const story = async (hub: TestHub, query = '') =>
  (await list(hub, query)).entries.reverse().map(({ verb, actor }) => `${verb} by ${actor}`);

test('every step of an action is there before its order goes out: who, what, digest, from, to, when and why', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  let known: unknown[] = [];
  agent.onFrame = (frame) => {
    if (frame.type !== 'order') return;
    known = hub.rows('SELECT id, hash, verb FROM audit_entries WHERE action_id = 1 ORDER BY id');
  };
  const action = await hub.orderRestart('nas', 'plex');
  const { order, audit } = await agent.frame('order');
  expect(known).toMatchObject([
    { verb: 'action.requested' },
    { verb: 'action.approved' },
    { verb: 'action.dispatched', id: audit?.entry, hash: audit?.hash },
  ]);
  agent.progress(order.order_id, 'started');
  agent.progress(order.order_id, 'verifying');
  agent.result(order.order_id);
  await agent.settled();
  expect(await story(hub, '?action_id=1')).toEqual([
    'action.requested by dashboard',
    'action.approved by dashboard',
    'action.dispatched by hub',
    'action.executing by agent:nas',
    'action.completed by agent:nas',
  ]);
  const { entries } = await list(hub, '?action_id=1');
  expect(entries.map(({ detail }) => `${detail['from'] as string} to ${detail['to'] as string}`)).toEqual([
    ...['executing to completed', 'dispatched to executing', 'approved to dispatched'],
    ...['pending to approved', 'null to pending'],
  ]);
  expect(entries[3]).toEqual({
    entry: (audit?.entry ?? 0) - 1,
    at: action.approved_at,
    actor: 'dashboard',
    verb: 'action.approved',
    server_id: 'nas',
    action_id: 1,
    detail: {
      from: 'pending',
      to: 'approved',
      digest: action.digest,
      order_id: action.order_id,
      verb: 'restart',
      service_name: 'plex',
      target: 'systemd:plex.service',
      requested_by: 'dashboard',
      approved_by: 'dashboard',
      self_approved: true,
      ...{ reason: null, note: 'dashboard approved their own request', outcome: null },
      from_address: '127.0.0.1',
    },
    ...{ from_address: '127.0.0.1', detail_text: null, intact: true },
    prev_hash: entries[4]?.hash,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(entries[0]?.prev_hash).toBe(entries[1]?.hash);
});

test('what is done to servers, services and keys is there, with what was said', async () => {
  await using hub = await startTestHub();
  await hub.call('POST', '/servers/nas/enrolment', {});
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  await hub.call('PUT', '/servers/nas/maintenance', { on: true, reason: 'new disk' });
  await hub.call('PUT', '/servers/nas/maintenance', { on: false });
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex', critical: true });
  await hub.call('PATCH', '/servers/nas/services/plex', { enabled: false });
  await hub.call('DELETE', '/servers/nas/services/plex');
  const { body } = await hub.call<{ key: { key_id: string } }>('POST', '/keys', { name: 'bot' });
  await hub.call('DELETE', `/keys/${body.key.key_id}`);
  await hub.call('DELETE', '/servers/nas');
  expect(await story(hub)).toEqual([
    'key.created by hub',
    'server.created by dashboard',
    'enrolment.made by dashboard',
    'enrolment.made by hub',
    'enrolment.used by agent:nas',
    'maintenance.begun by dashboard',
    'maintenance.ended by dashboard',
    'expectation.added by dashboard',
    'expectation.changed by dashboard',
    'expectation.removed by dashboard',
    'key.created by dashboard',
    'key.revoked by dashboard',
    'server.deleted by dashboard',
  ]);
  const detailOf = async (verb: string) =>
    (await list(hub, `?verb=${verb}&server_id=nas`)).entries[0]?.detail;
  expect(await detailOf('maintenance.begun')).toMatchObject({ until: null, reason: 'new disk' });
  expect(await detailOf('expectation.added')).toMatchObject({ service_name: 'plex', critical: true });
  expect(await detailOf('expectation.changed')).toMatchObject({ enabled: false });
  expect(await detailOf('enrolment.used')).toEqual({
    token: (await detailOf('enrolment.made'))?.['token'],
    key: expect.stringMatching(/^[\w-]{22}$/),
  });
});

test('a change that is taken back leaves no entry, and the chain goes on without a gap', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await writesFail(hub, 'INSERT', 'services');
  expect((await hub.call('POST', '/servers/nas/services', { service_name: 'plex' })).status).toBe(500);
  await writesWork(hub, 'services');
  expect((await hub.call('POST', '/servers/nas/services', { service_name: 'plex' })).status).toBe(201);
  const { entries } = await list(hub);
  expect(entries.map(({ entry, verb }) => [entry, verb])).toEqual([
    [3, 'expectation.added'],
    [2, 'server.created'],
    [1, 'key.created'],
  ]);
});

test('pages by cursor show every entry once, also while others are added, and filters go together', async () => {
  await using hub = await startTestHub();
  for (const id of ['a', 'b', 'c', 'd']) await hub.addServer(id);
  const seen: number[] = [];
  let cursor: number | null = null;
  do {
    const page: Page = await list(hub, `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
    seen.push(...page.entries.map(({ entry }) => entry));
    cursor = page.next_cursor;
    await hub.call('DELETE', '/servers/a');
  } while (cursor !== null);
  expect(seen).toEqual([5, 4, 3, 2, 1]);
  expect(await story(hub, '?actor=dashboard&server_id=a')).toEqual([
    'server.created by dashboard',
    'server.deleted by dashboard',
  ]);
  expect(await list(hub, '?verb=nothing')).toEqual({ entries: [], next_cursor: null });
  expect((await hub.call('GET', '/audit?cursor=0')).status).toBe(422);
});

test('the chain outlives the events, the servers and the hub, and a second hub goes on with it', async () => {
  using folder = disposableFolder();
  for (let round = 0; round < 3; round += 1) {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
    await hub.call('DELETE', '/servers/nas');
    await hub.write('DELETE FROM events');
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  const entries = (await list(hub)).entries.reverse();
  expect(entries.map(({ entry }) => entry)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  for (const [n, { prev_hash }] of entries.slice(1).entries()) expect(prev_hash).toBe(entries[n]?.hash);
});
