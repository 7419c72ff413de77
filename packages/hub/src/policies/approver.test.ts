import { expect, test } from 'vitest';
import { COMPLETED, failedReport } from '../../test/agent-fixture.ts';
import { startTestAutomation, type TestAutomation } from '../../test/automation-fixture.ts';
import { receiveResult } from '../actions/outcome.ts';
import { allPolicies } from './rows.ts';

const MINUTE = 60_000;

/** Three services of nas that are down, and a policy that approves by itself. */
async function startWithPolicy(): Promise<TestAutomation> {
  const fleet = await startTestAutomation();
  for (const name of ['plex', 'web', 'sonarr']) await fleet.report(failedReport(`${name}.service`));
  await fleet.put('nightly');
  await fleet.settle();
  return fleet;
}

const policyOf = async ({ store }: TestAutomation, name = 'nightly') =>
  (await allPolicies(store.db, store.clock.nowMs())).find((policy) => policy.name === name);
const cursorOf = async ({ store }: TestAutomation) =>
  (
    await store.db
      .selectFrom('follower_cursors')
      .select('event_id')
      .where('follower', '=', 'policies')
      .executeTakeFirst()
  )?.event_id;

test('what is asked for under an automatic policy it approves, in its own name', async () => {
  await using fleet = await startWithPolicy();
  const { action_id } = await fleet.ask();
  await fleet.settle();
  expect(await fleet.action(action_id)).toMatchObject({ status: 'approved', approved_by: 'policy:nightly' });
});

test.each([
  [5 * MINUTE, 'approved'],
  [5 * MINUTE + 1, 'pending'],
])('a request that the hub comes to %d ms later is %s', async (lateMs, status) => {
  await using fleet = await startWithPolicy();
  const { action_id } = await fleet.ask();
  fleet.store.clock.advance(lateMs);
  await fleet.settle();
  expect((await fleet.action(action_id)).status).toBe(status);
});

test('a policy says nothing of what was asked for before it was made', async () => {
  await using fleet = await startWithPolicy();
  const before = await fleet.ask();
  const shadowed = await fleet.ask('web');
  fleet.store.clock.advance(1);
  await fleet.put('nightly');
  await fleet.put('tried-out', { service_name: 'web', shadow: true });
  await fleet.settle();
  for (const { action_id } of [before, shadowed]) expect(await fleet.stepsOf(action_id)).toEqual(['pending']);
});

test('what was decided or has gone meanwhile is left alone, and the cursor goes on', async () => {
  await using fleet = await startWithPolicy();
  const decided = await fleet.ask();
  await fleet.approve(decided.action_id);
  await fleet.store.addServer('attic');
  await fleet.ask('web', 'kim', 'attic');
  await fleet.store.db.deleteFrom('actions').where('server_id', '=', 'attic').execute();
  const { head } = fleet.store.log;
  await fleet.settle();
  expect((await fleet.action(decided.action_id)).approved_by).toBe('kim');
  expect(await cursorOf(fleet)).toBe(head);
});

type Scene = (fleet: TestAutomation) => Promise<unknown>;
const liveness =
  (value: 'stale' | 'offline'): Scene =>
  ({ store }) =>
    store.db
      .updateTable('servers')
      .set({ liveness: value, liveness_since: store.ago(MINUTE) })
      .execute();
const failedWith = (change: Parameters<typeof failedReport>[1]): Scene => {
  return (fleet) => fleet.report(failedReport('plex.service', change));
};

test.each<[what: string, scene: Scene, service: string, words: string]>([
  ['never seen', () => Promise.resolve(), 'unseen', 'The hub has never seen this service.'],
  ['in a crash loop', failedWith({ state_class: 'crash_loop' }), 'plex', 'systemd itself is restarting it.'],
  ['on a silent server', liveness('stale'), 'plex', 'nas is not connected.'],
  ['on a server that is gone', liveness('offline'), 'plex', 'nas is not connected.'],
  [
    'while the fleet is frozen',
    ({ store }) => store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute(),
    'plex',
    'The fleet is frozen.',
  ],
])('a policy leaves to a person what is %s, and says why once', async (_what, scene, service, words) => {
  await using fleet = await startWithPolicy();
  await scene(fleet);
  const { action_id } = await fleet.ask(service);
  await fleet.settle();
  await fleet.takeAgain();
  const { status, steps } = await fleet.action(action_id);
  expect(status).toBe('pending');
  expect(steps.slice(1)).toMatchObject([
    { step: 'left_to_a_person', actor: 'policy:nightly', detail: words },
  ]);
});

test('a service that systemd has given up on is left to a person', async () => {
  await using fleet = await startWithPolicy();
  const { why } = failedReport('plex.service');
  await fleet.report(failedReport('plex.service', { why: why && { ...why, start_limit_hit: true } }));
  const { action_id } = await fleet.ask();
  await fleet.settle();
  expect((await fleet.action(action_id)).steps.at(-1)?.detail).toContain('clear its start limit');
});

test('where the policies themselves forbid it, it is left to a person in their words', async () => {
  await using fleet = await startWithPolicy();
  await fleet.put('rule', { service_name: 'plex', mode: 'two_person', expires_at: null }, 'kim');
  await fleet.remove('rule', 'kim');
  await fleet.put('nightly', {}, 'kim');
  const { action_id } = await fleet.ask();
  await fleet.settle();
  expect((await fleet.action(action_id)).steps.at(-1)).toMatchObject({
    ...{ step: 'left_to_a_person', detail: expect.stringContaining('took the rule of two people away') },
  });
});

test.each([
  ['completed', 'approved'],
  ['refused', 'approved'],
  ['expired', 'approved'],
  ['cancelled', 'approved'],
  ['abandoned', 'pending'],
  ['failed', 'pending'],
  ['unknown', 'pending'],
] as const)('one waits its turn until the first is %s, and is %s then', async (end, status) => {
  await using fleet = await startWithPolicy();
  const first = (await fleet.ask()).action_id;
  await fleet.settle();
  const [second, third] = [(await fleet.ask('web')).action_id, (await fleet.ask('sonarr')).action_id];
  await fleet.settle();
  for (const waiting of [second, third])
    expect(await fleet.stepsOf(waiting)).toEqual(['pending', 'waits_its_turn']);
  if (end === 'completed' || end === 'failed') await fleet.end(first, { outcome: end });
  else if (end === 'refused') await fleet.end(first, { outcome: end, code: 'not_allowed' });
  else if (end === 'abandoned' || end === 'unknown') {
    await fleet.move(first, 'unknown');
    if (end === 'abandoned') await fleet.move(first, end);
  } else await fleet.move(first, end);
  await fleet.settle();
  expect((await fleet.action(second)).status).toBe(status);
  // The oldest goes first, and what waits says so once.
  expect(await fleet.stepsOf(third)).toEqual(['pending', 'waits_its_turn']);
  const pausedBecause = {
    failed: `Action #${first} for plex on nas failed.`,
    unknown: `Action #${first} for plex on nas has an unknown outcome.`,
    abandoned: `Action #${first} for plex on nas has an unknown outcome.`,
  };
  expect((await policyOf(fleet))?.paused).toEqual(
    end in pausedBecause
      ? { at: fleet.store.ago(0), because: pausedBecause[end as keyof typeof pausedBecause] }
      : null,
  );
});

test('what a person approved ends without a word of the policies', async () => {
  await using fleet = await startWithPolicy();
  await fleet.store.db.updateTable('servers').set({ liveness: 'stale' }).execute();
  const mine = (await fleet.ask()).action_id;
  await fleet.settle();
  await fleet.approve(mine);
  await fleet.end(mine, { outcome: 'failed' });
  await fleet.settle();
  expect((await policyOf(fleet))?.paused).toBeNull();
});

test('a failure pauses its policy once, and neither one that was resumed since nor one that is gone', async () => {
  await using fleet = await startWithPolicy();
  const failing = async (service: string) => {
    const { action_id } = await fleet.ask(service);
    await fleet.settle();
    await fleet.end(action_id, { outcome: 'failed' });
    return action_id;
  };
  await failing('plex');
  fleet.store.clock.advance(1);
  await fleet.put('nightly');
  await fleet.settle();
  expect((await policyOf(fleet))?.paused).toBeNull();

  const second = await failing('web');
  await fleet.settle();
  const because = `Action #${second} for web on nas failed.`;
  expect((await policyOf(fleet))?.paused?.because).toBe(because);
  // The earlier failure comes once more, as after a crash: what is paused stays as it is.
  await fleet.takeAgain();
  expect((await policyOf(fleet))?.paused?.because).toBe(because);

  await fleet.put('nightly');
  fleet.store.clock.advance(2 * MINUTE);
  await fleet.settle();
  await failing('sonarr');
  await fleet.remove('nightly');
  await fleet.settle();
  expect(await policyOf(fleet)).toBeUndefined();
});

test('in shadow a policy says what it would have done, once, and what would have held it', async () => {
  await using fleet = await startTestAutomation();
  await fleet.report(failedReport('plex.service'));
  await fleet.put('tried-out', { shadow: true });
  const would = (await fleet.ask()).action_id;
  await fleet.settle();
  const unseen = (await fleet.ask('unseen')).action_id;
  await fleet.settle();
  expect((await policyOf(fleet, 'tried-out'))?.noted).toEqual({
    at: fleet.store.ago(0),
    note: `In shadow: it would not have approved #${unseen}. The hub has never seen this service.`,
  });
  await fleet.takeAgain();
  expect((await fleet.action(would)).steps.slice(1)).toMatchObject([
    { step: 'in_shadow', actor: 'policy:tried-out', detail: 'In shadow: it would have approved this' },
  ]);
  expect((await policyOf(fleet, 'tried-out'))?.noted?.note).toContain(`#${unseen}`);
});

test('a policy in shadow that would not win says nothing, and one that asks people would approve nothing', async () => {
  await using fleet = await startTestAutomation();
  await fleet.report(failedReport('plex.service'));
  await fleet.report(failedReport('web.service'));
  await fleet.put('tried-out', { shadow: true });
  await fleet.put('people', { service_name: 'plex', mode: 'manual', expires_at: null });
  await fleet.put('people-too', { service_name: 'web', mode: 'manual', expires_at: null, shadow: true });
  const asked = [await fleet.ask(), await fleet.ask('web')];
  await fleet.settle();
  for (const { action_id } of asked) expect(await fleet.stepsOf(action_id)).toEqual(['pending']);
});

test('an event that is nobody’s work moves the cursor every two hundred', async () => {
  await using fleet = await startWithPolicy();
  expect(await fleet.parts.approver.cursor()).toBe(0);
  const [event] = await fleet.store.log.read(0);
  if (event === undefined) throw new Error('nothing has happened');
  await fleet.parts.approver.takeAll([{ ...event, id: 199 }]);
  expect(await fleet.parts.approver.cursor()).toBe(0);
  await fleet.parts.approver.takeAll([{ ...event, id: 200 }]);
  expect(await fleet.parts.approver.cursor()).toBe(200);
});

test('what has waited its turn, and then must not be approved at all, says that too', async () => {
  await using fleet = await startWithPolicy();
  const first = (await fleet.ask()).action_id;
  await fleet.settle();
  const second = (await fleet.ask('web')).action_id;
  await fleet.settle();
  await fleet.end(first);
  await fleet.store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute();
  await fleet.settle();
  expect(await fleet.stepsOf(second)).toEqual(['pending', 'waits_its_turn', 'left_to_a_person']);
});

test('a policy that has paused keeps its first reason', async () => {
  await using fleet = await startWithPolicy();
  const { action_id, order_id } = await fleet.ask();
  await fleet.settle();
  await fleet.move(action_id, 'dispatched');
  await fleet.move(action_id, 'unknown');
  await fleet.settle();
  await receiveResult(fleet.store.log, 'nas', order_id, { ...COMPLETED, outcome: 'failed' });
  await fleet.settle();
  expect((await fleet.action(action_id)).status).toBe('failed');
  expect((await policyOf(fleet))?.paused?.because).toContain('has an unknown outcome');
});
