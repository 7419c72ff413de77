import { Probe } from '@homelabcmd/protocol';
import { expect, test, vi } from 'vitest';
import { FACTS } from '../../test/agent-fixture.ts';
import { DEFAULT_TIMING } from '../../test/hub-fixture.ts';
import { event, type Started, startDispatcher } from '../../test/dispatcher-fixture.ts';
import type { TestStore } from '../../test/store-fixture.ts';
import { auditHead } from '../events/audit-trail.ts';
import { StoreUnavailable } from '../store/faults.ts';

let targets = 0;
/** An approved action that may still be sent for a minute, or what became of one. */
function add(
  { store }: Started,
  status: Parameters<TestStore['addAction']>[0] = 'approved',
  change: Parameters<TestStore['addAction']>[1] = {},
) {
  targets += 1;
  const target = `systemd:s${targets}.service`;
  return store.addAction(status, { target, deadline_at: store.ago(-60_000), approved_by: 'kim', ...change });
}

const rowOf = ({ store }: Started, id: number) =>
  store.db.selectFrom('actions').selectAll().where('action_id', '=', id).executeTakeFirstOrThrow();
const freeze = ({ store }: Started, is_on: 0 | 1) =>
  store.db.updateTable('fleet_freeze').set({ is_on }).execute();
const quarantine = ({ store }: Started, server_id: string) =>
  store.db
    .insertInto('quarantines')
    .values({ server_id, since: store.ago(0), reason: 'twice' })
    .execute();

test('an approval goes out at once to an agent that is there: written down first, with its lease and its agent', async () => {
  await using hub = await startDispatcher();
  const [first, second] = [await add(hub), await add(hub)];
  const elsewhere = await add(hub, 'approved', { server_id: 'attic' });
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  expect(hub.said()).toEqual([`nas order ${first}`, `nas order ${second}`]);
  expect(await rowOf(hub, first)).toMatchObject({
    ...{ status: 'dispatched', sent_life: 2 },
    deadline_at: hub.store.ago(-DEFAULT_TIMING.dispatchedLeaseMs),
  });
  expect((await rowOf(hub, elsewhere)).status).toBe('approved');
  const { detail, actor } = await hub.store.db
    .selectFrom('action_steps')
    .select(['detail', 'actor'])
    .where('action_id', '=', first)
    .executeTakeFirstOrThrow();
  expect([actor, detail]).toEqual(['hub', 'Sent to the agent on nas']);
  expect(hub.heads).toHaveLength(1);
  await hub.dispatcher.released('nas');
  expect(hub.heads).toHaveLength(1);
  // Another event is no reason, and an agent that is not there is sent nothing.
  const third = await add(hub);
  await hub.dispatcher.takeAll([event(hub.store, 'action.requested')]);
  hub.connected.clear();
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  expect([hub.said(), (await rowOf(hub, third)).status]).toEqual([[], 'approved']);
});

test.each<[string, (hub: Started) => Promise<unknown>]>([
  ['whose time is over', async (hub) => hub.store.clock.advance(60_000)],
  ['that lies ahead of the clock', async (hub) => hub.store.clock.advance(-5001)],
  ['of a frozen fleet', (hub) => freeze(hub, 1)],
  ['for a server in quarantine', (hub) => quarantine(hub, 'nas')],
])('an approval %s is not sent', async (_what, scene) => {
  await using hub = await startDispatcher();
  const id = await add(hub);
  await scene(hub);
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  await hub.dispatcher.agentReady('nas');
  await hub.dispatcher.released('nas');
  await hub.dispatcher.takeAll([event(hub.store, 'freeze.changed')]);
  expect([hub.said(), (await rowOf(hub, id)).status]).toEqual([[], 'approved']);
});

test('to the last millisecond of its time, and back to five seconds ahead of the clock, an approval is sent', async () => {
  await using hub = await startDispatcher();
  const id = await add(hub);
  hub.store.clock.advance(59_999);
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  const ahead = await add(hub);
  hub.store.clock.advance(-5000);
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  expect(hub.said()).toEqual([`nas order ${id}`, `nas order ${ahead}`]);
});

test('after a freeze every server is sent what waited for it, but for one in quarantine', async () => {
  await using hub = await startDispatcher();
  hub.connected.add('attic');
  await freeze(hub, 1);
  const waiting = [await add(hub), await add(hub, 'approved', { server_id: 'attic' })];
  await hub.dispatcher.takeAll([event(hub.store, 'freeze.changed')]);
  expect(hub.said()).toEqual([]);
  await freeze(hub, 0);
  await quarantine(hub, 'attic');
  await hub.dispatcher.takeAll([event(hub.store, 'freeze.changed')]);
  expect(hub.said()).toEqual([`nas order ${waiting[0]}`]);
  await hub.store.db.deleteFrom('quarantines').execute();
  await hub.dispatcher.released('attic');
  expect(hub.said()).toEqual([`attic order ${waiting[1]}`]);
});

test.each<[status: string, by: string | null, isAsked: boolean]>([
  ['dispatched', 'kim', true],
  ['dispatched', null, false],
  ['executing', 'kim', false],
])('an order that is %s, with a wish to cancel of %s, is asked back: %s', async (status, by, isAsked) => {
  await using hub = await startDispatcher();
  const order_id = '01890a5d-ac96-774b-bcce-000000000007';
  const action = { status, cancel_requested_by: by, order_id };
  await hub.dispatcher.takeAll([event(hub.store, 'action.progress', { action })]);
  expect(hub.said()).toEqual(isAsked ? ['nas query 7'] : []);
});

test('an agent that comes is sent again what it has not answered, asked about the rest, and sent what waited', async () => {
  await using hub = await startDispatcher();
  const change = { sent_life: 2 };
  const again = [await add(hub, 'dispatched', change), await add(hub, 'dispatched', { sent_life: null })];
  const asked = [
    await add(hub, 'executing', change),
    await add(hub, 'unknown', change),
    await add(hub, 'dispatched', { ...change, cancel_requested_by: 'kim' }),
  ];
  for (const status of ['pending', 'completed', 'refused'] as const) await add(hub, status, change);
  await add(hub, 'dispatched', { ...change, server_id: 'attic' });
  const waiting = await add(hub);
  await hub.dispatcher.agentReady('nas');
  expect(hub.said()).toEqual([
    ...again.map((id) => `nas order ${id}`),
    `nas query ${asked.join(' ')}`,
    `nas order ${waiting}`,
  ]);
});

test('what went to the agent before this one is not sent to it, unless it holds it', async () => {
  await using hub = await startDispatcher();
  const [held, lost] = [
    await add(hub, 'dispatched', { sent_life: 1 }),
    await add(hub, 'dispatched', { sent_life: 1 }),
  ];
  await hub.dispatcher.agentReady('nas', new Set([(await rowOf(hub, held)).order_id]));
  expect(hub.said()).toEqual([`nas order ${held}`]);
  await hub.dispatcher.agentReady('nas');
  expect([hub.said(), (await rowOf(hub, lost)).status]).toEqual([[], 'dispatched']);
  // Of a server that has no record of its agents nothing can be told apart.
  await hub.store.db.deleteFrom('agent_journals').execute();
  const unmarked = await add(hub, 'executing', { sent_life: null });
  await hub.dispatcher.agentReady('nas');
  expect(hub.said()).toEqual([`nas query ${unmarked}`]);
});

test.each<[string, (hub: Started) => Promise<unknown>]>([
  ['the fleet is frozen', (hub) => freeze(hub, 1)],
  ['its server is in quarantine', (hub) => quarantine(hub, 'nas')],
])('while %s an agent that comes is only asked', async (_what, scene) => {
  await using hub = await startDispatcher();
  const id = await add(hub, 'dispatched', { sent_life: 2 });
  await quarantine(hub, 'attic');
  await hub.dispatcher.agentReady('nas');
  expect(hub.said()).toEqual([`nas order ${id}`]);
  await hub.store.db.deleteFrom('quarantines').execute();
  await scene(hub);
  await hub.dispatcher.agentReady('nas');
  expect(hub.said()).toEqual([`nas query ${id}`]);
});

test('what is unknown after a setback is asked of those that are there and can know', async () => {
  await using hub = await startDispatcher();
  const asked = [await add(hub, 'unknown', { sent_life: null }), await add(hub, 'unknown', { sent_life: 2 })];
  await add(hub, 'unknown', { sent_life: 1 });
  await add(hub, 'executing', { sent_life: 2 });
  const ofAttic = await add(hub, 'unknown', { server_id: 'attic' });
  await hub.dispatcher.askAboutUnknown();
  expect(hub.said()).toEqual([`nas query ${asked.join(' ')}`]);
  hub.connected.add('attic');
  await hub.dispatcher.askAboutUnknown();
  expect(hub.said()).toEqual([`nas query ${asked.join(' ')}`, `attic query ${ofAttic}`]);
});

test('an order says what was approved, by whom, and how it is asked whether it answers', async () => {
  await using hub = await startDispatcher();
  const probe = Probe.parse({ kind: 'tcp', port: 80 });
  const target = 'systemd:web.service';
  for (const server_id of ['nas', 'attic'])
    await hub.store.db
      .insertInto('services')
      .values({
        ...{ server_id, target, service_name: 'web', expected: 1, critical: 0, enabled: 1, revision: 1 },
        probe_json: server_id === 'nas' ? JSON.stringify(probe) : null,
      })
      .execute();
  const expectation = { state_class: 'down' as const, boot_id: 'b', invocation_id: 'i' };
  const change = { target, approved_by: 'policy:nightly', expect_json: JSON.stringify(expectation) };
  const id = await add(hub, 'approved', { ...change, settle_ms: 77 });
  await hub.dispatcher.takeAll([event(hub.store, 'action.approved')]);
  const [first] = hub.sent.splice(0);
  expect(first?.frame).toEqual({
    ...{ v: 2, type: 'order', audit: await auditHead(hub.store.db) },
    order: {
      ...{ order_id: (await rowOf(hub, id)).order_id, action_id: id, kind: 'restart_service', target },
      ...{ verb: 'restart', expect: expectation, ttl_ms: DEFAULT_TIMING.orderTtlMs, settle_ms: 77 },
      ...{ digest: (await rowOf(hub, id)).digest, probe, automatic: true },
    },
  });
  expect(hub.heads).toEqual([await auditHead(hub.store.db)]);

  // Of a person, for a service without a probe or without a name here, to an agent that knows nothing of heads.
  await hub.store.db
    .updateTable('servers')
    .set({ facts_json: JSON.stringify({ ...FACTS, keeps_audit_heads: false }) })
    .execute();
  hub.connected.add('attic');
  await add(hub, 'approved', { target, server_id: 'attic' });
  await add(hub, 'approved', { server_id: 'attic', approved_by: null });
  await hub.dispatcher.released('attic');
  for (const { frame } of hub.sent.splice(0)) {
    expect(Object.keys(frame)).not.toContain('audit');
    expect(frame).toMatchObject({ order: { probe: null, expect: null } });
    expect(Object.keys(frame.type === 'order' ? frame.order : {})).not.toContain('automatic');
  }
  // One head goes with all that goes at a time.
  expect(hub.heads).toHaveLength(2);
});

test('what may stand in the store as sent, and was not, goes out at the next event, if its agent is there', async () => {
  await using hub = await startDispatcher();
  const { store, dispatcher } = hub;
  const transaction = store.log.transaction.bind(store.log);
  /** The store does what it was asked, and its answer is lost. */
  const loseAnswer = () =>
    vi.spyOn(store.log, 'transaction').mockImplementationOnce(async (work) => {
      await transaction(work);
      throw new StoreUnavailable('its connection ended');
    });
  const id = await add(hub);
  loseAnswer();
  await expect(dispatcher.takeAll([event(store, 'action.approved')])).rejects.toThrow(StoreUnavailable);
  expect([hub.said(), (await rowOf(hub, id)).status]).toEqual([[], 'dispatched']);
  await dispatcher.takeAll([event(store, 'action.requested')]);
  expect(hub.said()).toEqual([`nas order ${id}`]);
  await dispatcher.takeAll([event(store, 'action.requested')]);
  expect(hub.said()).toEqual([]);

  await add(hub);
  loseAnswer();
  await expect(dispatcher.takeAll([event(store, 'action.approved')])).rejects.toThrow(StoreUnavailable);
  hub.connected.clear();
  await dispatcher.takeAll([event(store, 'action.requested')]);
  hub.connected.add('nas');
  // It has come back since, and was sent what is out when it came.
  await dispatcher.takeAll([event(store, 'action.requested')]);
  expect(hub.said()).toEqual([]);

  vi.spyOn(store.log, 'transaction').mockRejectedValueOnce(new Error('a fault of another kind'));
  await expect(dispatcher.takeAll([event(store, 'action.approved')])).rejects.toThrow('another kind');
  await dispatcher.takeAll([event(store, 'action.requested')]);
  expect(hub.said()).toEqual([]);
});

test('what comes at once goes out with one commit, to each server once', async () => {
  await using hub = await startDispatcher();
  hub.connected.add('attic');
  const ids = [await add(hub), await add(hub), await add(hub, 'approved', { server_id: 'attic' })];
  const approved = event(hub.store, 'action.approved');
  const order_id = '01890a5d-ac96-774b-bcce-000000000007';
  const action = { status: 'dispatched', cancel_requested_by: 'kim', order_id };
  const transaction = vi.spyOn(hub.store.log, 'transaction');
  await hub.dispatcher.takeAll([
    ...[approved, approved, { ...approved, serverId: 'attic' }],
    ...[event(hub.store, 'action.requested'), event(hub.store, 'action.progress', { action })],
  ]);
  expect(hub.said()).toEqual([
    ...[`nas order ${ids[0]}`, `nas order ${ids[1]}`, `attic order ${ids[2]}`],
    'nas query 7',
  ]);
  expect(transaction).toHaveBeenCalledTimes(1);
  // Where nobody is there to be sent anything, nothing is written.
  hub.connected.clear();
  await hub.dispatcher.takeAll([approved]);
  expect(transaction).toHaveBeenCalledTimes(1);
});

test('an order that cannot be made is told of, and keeps none back that goes out with it', async () => {
  await using hub = await startDispatcher();
  await hub.store.db
    .insertInto('services')
    .values({
      ...{ server_id: 'nas', target: 'systemd:web.service', service_name: 'web', expected: 1, critical: 0 },
      ...{ enabled: 1, revision: 1, probe_json: 'not JSON' },
    })
    .execute();
  await add(hub, 'approved', { target: 'systemd:web.service' });
  const sound = await add(hub);
  await expect(hub.dispatcher.takeAll([event(hub.store, 'action.approved')])).rejects.toThrow(SyntaxError);
  expect(hub.said()).toEqual([`nas order ${sound}`]);
});
