import type { PolicyWish, Service } from '@homelabcmd/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { failedReport, report } from '../../../test/agent-fixture.ts';
import { startTestAutomation, type TestAutomation } from '../../../test/automation-fixture.ts';
import { reject } from '../../actions/decide.ts';
import { setFreeze } from '../../freeze/freeze.ts';
import { findPolicy } from '../rows.ts';
import { readIncident } from './store.ts';

afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const WAIT = 30_000;
const PLEX = { server_id: 'nas', target: 'systemd:plex.service' };

/** nas, where plex runs and a policy that is to ask for restarts holds. */
async function startAsking(wish: Partial<PolicyWish> = { mode: 'manual', expires_at: null }) {
  const fleet = await startTestAutomation();
  await fleet.report(report('plex.service'));
  await fleet.put('ask', { remediate: true, ...wish });
  await fleet.settle();
  return fleet;
}

async function fails(fleet: TestAutomation): Promise<void> {
  await fleet.report(failedReport('plex.service'));
  await fleet.settle();
}

/** Time passes, and plex is looked at. */
async function pass(fleet: TestAutomation, ms: number): Promise<void> {
  fleet.store.clock.advance(ms);
  await fleet.store.within((open) => fleet.parts.tellService(open, PLEX, 'hub'));
  await fleet.settle();
}

const incidentOf = ({ store }: TestAutomation) => readIncident(store.db, PLEX);
const asked = ({ store }: TestAutomation) =>
  store.db.selectFrom('actions').select(['action_id', 'status', 'created_by']).orderBy('action_id').execute();
/** What pages were told of plex by automation itself. */
const told = async ({ store }: TestAutomation, actor = 'policy:ask') =>
  (
    await store.db
      .selectFrom('events')
      .select('data_json')
      .where('type', '=', 'service.changed')
      .where('actor', '=', actor)
      .orderBy('id')
      .execute()
  ).map(({ data_json }) => {
    const { automation } = (JSON.parse(data_json) as { service: Service }).service;
    return automation && [automation.state, automation.tries];
  });

test('a service that fails waits its time to the millisecond, and is then asked for once', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  const dueMs = fleet.store.clock.nowMs() + WAIT;
  expect(await incidentOf(fleet)).toEqual({
    ...{ state: 'waiting', tries: 0, dueMs, actionId: null, reason: null },
  });
  await pass(fleet, WAIT - 1);
  expect(await asked(fleet)).toEqual([]);
  await pass(fleet, 1);
  await pass(fleet, 10 * MINUTE);
  expect(await asked(fleet)).toEqual([{ action_id: 1, status: 'pending', created_by: 'policy:ask' }]);
  expect(await incidentOf(fleet)).toMatchObject({ state: 'acting', tries: 1, dueMs: null, actionId: 1 });
  expect(await told(fleet)).toEqual([
    ['waiting', 0],
    ['acting', 1],
  ]);
});

test.each([
  ['rejected', 'stopped', null],
  ['cancelled', 'stopped', null],
  ['expired', 'waiting', 2 * MINUTE],
] as const)('a try that is %s leaves the service %s', async (end, state, backoffMs) => {
  await using fleet = await startAsking();
  await fails(fleet);
  await pass(fleet, WAIT);
  await fleet.move(1, end);
  await fleet.settle();
  const { store } = fleet;
  expect(await incidentOf(fleet)).toMatchObject({
    ...{ state, tries: 1, actionId: null },
    dueMs: backoffMs && store.clock.nowMs() + backoffMs,
  });
  const note = (await findPolicy(store.db, 'ask', 0))?.noted?.note;
  expect(note).toBe(state === 'stopped' ? 'Stopped for plex on nas. A person said no.' : undefined);
});

test('that it has stopped is noted once, and pages are told only of what is new', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  await pass(fleet, WAIT);
  await reject(fleet.store.log, 'kim', 1, 'leave it');
  await fleet.settle();
  await pass(fleet, MINUTE);
  const notes = await fleet.store.db
    .selectFrom('events')
    .select('id')
    .where('type', '=', 'policy.noted')
    .execute();
  expect(notes).toHaveLength(1);
  expect(await told(fleet)).toEqual([
    ['waiting', 0],
    ['acting', 1],
    ['stopped', 1],
  ]);
  await fleet.report(report('plex.service'));
  await fleet.settle();
  expect(await incidentOf(fleet)).toMatchObject({ state: 'resting', reason: null });
});

type Scene = (fleet: TestAutomation) => Promise<unknown>;
test.each<[what: string, scene: Scene]>([
  ['the fleet is frozen', ({ store }) => store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute()],
  [
    'the server is in maintenance',
    ({ store }) =>
      store.db.updateTable('servers').set({ maintenance_json: '{"on":true,"until":null}' }).execute(),
  ],
  [
    'the policy has paused itself',
    ({ store }) =>
      store.db
        .updateTable('policies')
        .set({ paused_at: store.ago(0), paused_because: 'x' })
        .execute(),
  ],
  [
    'many servers are unhealthy',
    async ({ store }) => {
      for (const serverId of ['a', 'b', 'c'])
        await store.addServer(serverId, { liveness: 'offline', liveness_since: store.ago(0) });
    },
  ],
  ['a person has asked already', (fleet) => fleet.ask()],
])('while %s a try is put off by a minute', async (_what, scene) => {
  await using fleet = await startAsking();
  await fails(fleet);
  fleet.store.clock.advance(WAIT);
  await scene(fleet);
  await pass(fleet, 0);
  expect((await asked(fleet)).filter(({ created_by }) => created_by === 'policy:ask')).toEqual([]);
  expect(await incidentOf(fleet)).toMatchObject({
    ...{ state: 'waiting', tries: 0, dueMs: fleet.store.clock.nowMs() + MINUTE },
  });
  expect(await told(fleet)).toEqual([['waiting', 0]]);
});

test('the hours of a policy are about its approvals: it asks at any time', async () => {
  const hours = { from: '01:00', to: '02:00', time_zone: 'UTC' };
  await using fleet = await startAsking({ hours });
  await fails(fleet);
  await pass(fleet, WAIT);
  expect(await asked(fleet)).toMatchObject([{ status: 'pending', created_by: 'policy:ask' }]);
});

test('in shadow it says what it would have asked for, counts that as a try, and shows nothing', async () => {
  await using fleet = await startAsking({ shadow: true });
  await fails(fleet);
  await pass(fleet, WAIT);
  expect(await asked(fleet)).toEqual([]);
  expect(await told(fleet)).toEqual([]);
  expect(await incidentOf(fleet)).toMatchObject({ state: 'waiting', tries: 1, actionId: null });
  expect((await findPolicy(fleet.store.db, 'ask', 0))?.noted?.note).toBe(
    'In shadow: it would have asked for a restart of plex on nas',
  );
  await pass(fleet, 2 * MINUTE);
  await pass(fleet, 10 * MINUTE);
  expect(await incidentOf(fleet)).toMatchObject({ state: 'stopped', tries: 3 });
});

test('the policy that holds comes before one in shadow, and one that does not ask is no reason to', async () => {
  await using fleet = await startAsking({ shadow: true });
  await fleet.put('people', { service_name: 'plex', mode: 'manual', expires_at: null });
  await fails(fleet);
  expect(await incidentOf(fleet)).toBeNull();
  await fleet.put('people', { service_name: 'plex', mode: 'manual', expires_at: null, remediate: true });
  await fleet.settle();
  await pass(fleet, WAIT);
  expect(await asked(fleet)).toMatchObject([{ created_by: 'policy:people' }]);
});

test('without a policy, or without its service, an incident is over; of a service that is there pages are told', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  const { log, db } = fleet.store;
  // The policy ends by its time, which nobody writes down.
  await db
    .updateTable('policies')
    .set({ expires_at: fleet.store.ago(1) })
    .execute();
  await pass(fleet, 1);
  expect(await incidentOf(fleet)).toBeNull();
  expect((await told(fleet, 'hub')).at(-1)).toBeNull();

  await db.updateTable('policies').set({ expires_at: null }).execute();
  await fails(fleet);
  expect(await incidentOf(fleet)).not.toBeNull();
  await db.deleteFrom('services').execute();
  await setFreeze(log, 'kim', { on: true });
  await fleet.settle();
  expect(await incidentOf(fleet)).toBeNull();
});

/** plex goes down, and of that alone nobody is told. */
const failsUnseen = ({ store }: TestAutomation) =>
  store.db
    .updateTable('services')
    .set({ report_json: JSON.stringify(failedReport('plex.service')) })
    .execute();

test.each<[what: string, scene: Scene, isSeen: boolean]>([
  ['a freeze', ({ store }) => setFreeze(store.log, 'kim', { on: true }), true],
  ['a policy', (fleet) => fleet.put('other', { service_name: 'web' }), true],
  ['a policy that goes', (fleet) => fleet.remove('spare'), true],
  [
    'a request of a person, and its end',
    async (fleet) => fleet.move((await fleet.ask('plex')).action_id, 'cancelled'),
    false,
  ],
  ['a change of another service', (fleet) => fleet.report(failedReport('web.service')), false],
])('what is down is looked at anew at %s', async (_what, scene, isSeen) => {
  await using fleet = await startAsking();
  await fleet.put('spare', { service_name: 'spare' });
  await fleet.settle();
  await failsUnseen(fleet);
  await scene(fleet);
  await fleet.settle();
  expect((await incidentOf(fleet)) !== null).toBe(isSeen);
});

test('a change of a server is a reason to look at its services, and at those of no other', async () => {
  await using fleet = await startAsking();
  await failsUnseen(fleet);
  const event = {
    id: 1000,
    at: fleet.store.ago(0),
    type: 'server.changed' as const,
    actor: 'hub',
    dataJson: '{}',
  };
  await fleet.parts.remediation.take({ ...event, serverId: 'attic' });
  expect(await incidentOf(fleet)).toBeNull();
  await fleet.parts.remediation.take({ ...event, serverId: 'nas' });
  expect(await incidentOf(fleet)).not.toBeNull();
});

test('a service that nobody expects is not looked at, and one that nobody expects any more is', async () => {
  await using fleet = await startAsking();
  await fleet.store.db.updateTable('services').set({ expected: 0 }).execute();
  await failsUnseen(fleet);
  await fleet.parts.remediation.start();
  expect(await incidentOf(fleet)).toBeNull();
  await fleet.store.db.updateTable('services').set({ expected: 1 }).execute();
  await fleet.parts.remediation.start();
  expect(await incidentOf(fleet)).not.toBeNull();
  await fleet.store.db.updateTable('services').set({ expected: 0 }).execute();
  await fleet.parts.remediation.start();
  expect(await incidentOf(fleet)).toBeNull();
});

test('where no policy asks, nothing is looked at', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  await fleet.store.db.updateTable('policies').set({ is_remediating: 0 }).execute();
  await fleet.parts.remediation.start();
  await pass(fleet, WAIT);
  expect(await incidentOf(fleet)).toMatchObject({ state: 'waiting', tries: 0 });
});
