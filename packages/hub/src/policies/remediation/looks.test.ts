import { expect, test, vi } from 'vitest';
import { holdTimers } from '../../../test/held-timers.ts';
import { failedReport, report } from '../../../test/agent-fixture.ts';
import { startTestAutomation, type TestAutomation } from '../../../test/automation-fixture.ts';
import { findPolicy } from '../rows.ts';
import { readIncident } from './store.ts';

const timers = holdTimers();

/** Not what the store of the tests sets its own timers for. */
const WAIT = 31_000;
const MINUTE = 60_000;
const PEOPLE = { mode: 'manual', expires_at: null, remediate: true, wait_ms: WAIT } as const;

/** nas, where services run, and a policy that is to ask for restarts. */
async function startAsking(wish: { shadow?: boolean } = {}): Promise<TestAutomation> {
  const fleet = await startTestAutomation();
  for (const name of ['plex', 'web']) await fleet.report(report(`${name}.service`));
  await fleet.put('ask', { ...PEOPLE, ...wish });
  await fleet.settle();
  return fleet;
}

async function fails(fleet: TestAutomation, name = 'plex'): Promise<void> {
  await fleet.report(failedReport(`${name}.service`));
  await fleet.settle();
}

const incidentOf = ({ store }: TestAutomation, name = 'plex') =>
  readIncident(store.db, { server_id: 'nas', target: `systemd:${name}.service` });
const asked = ({ store }: TestAutomation) => store.db.selectFrom('actions').select('created_by').execute();
const pass = (fleet: TestAutomation, ms: number): void => {
  fleet.store.clock.advance(ms);
  vi.advanceTimersByTime(ms);
};
/** The report of a service is another, and of that nobody is told. */
const becomesUnseen = ({ store }: TestAutomation, service: { unit: string }) =>
  store.db
    .updateTable('services')
    .set({ report_json: JSON.stringify(service) })
    .where('target', '=', `systemd:${service.unit}`)
    .execute();
const serverChanged = (fleet: TestAutomation, serverId: string) =>
  fleet.parts.remediation.take({
    ...{ id: 1000, at: fleet.store.ago(0), type: 'server.changed', actor: 'hub', dataJson: '{}', serverId },
  });

test('what is due first is looked at when it is due, and where nothing is due there is no timer', async () => {
  await using fleet = await startAsking();
  expect(timers.armed).not.toHaveBeenCalledWith(expect.any(Function), Number.NaN);
  await fails(fleet);
  expect(timers.isArmedFor(WAIT)).toBe(true);
  pass(fleet, 10_000);
  timers.armed.mockClear();
  await fails(fleet, 'web');
  expect([timers.isArmedFor(WAIT - 10_000), timers.isArmedFor(WAIT)]).toEqual([true, false]);
  pass(fleet, WAIT - 10_001);
  expect(await asked(fleet)).toEqual([]);
  pass(fleet, 1);
  await expect.poll(() => asked(fleet)).toHaveLength(1);
  await expect.poll(() => timers.isArmedFor(10_000)).toBe(true);
  pass(fleet, 10_000);
  await expect.poll(() => asked(fleet)).toHaveLength(2);
});

test('a look that fails is said, and comes again a second later', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  timers.armed.mockClear();
  fleet.store.clock.advance(WAIT);
  vi.spyOn(fleet.store.clock, 'nowMs').mockImplementationOnce(() => {
    throw new Error('there is no clock');
  });
  vi.advanceTimersByTime(WAIT);
  await expect.poll(() => timers.isArmedFor(1000)).toBe(true);
  expect(fleet.logged).toMatchObject([
    { msg: 'automation could not look at what is due', err: { message: 'there is no clock' } },
  ]);
  expect(await asked(fleet)).toEqual([]);
  vi.advanceTimersByTime(1000);
  await expect.poll(() => asked(fleet)).toHaveLength(1);
});

test('a clock that is set ahead is noticed within a minute, and after the end of the hub nothing is looked at', async () => {
  await using fleet = await startAsking();
  await fleet.put('ask', { ...PEOPLE, wait_ms: 3_600_000 });
  await fails(fleet);
  expect(timers.isArmedFor(MINUTE)).toBe(true);
  timers.armed.mockClear();
  await fleet.parts.remediation[Symbol.asyncDispose]();
  await fails(fleet, 'web');
  expect(timers.isArmedFor(MINUTE)).toBe(false);
  pass(fleet, 3_600_000);
  expect(await asked(fleet)).toEqual([]);
});

test('pages are told of a service by whoever changed it, and of an incident once', async () => {
  await using fleet = await startAsking();
  const tellsOf = async () =>
    (
      await fleet.store.db
        .selectFrom('events')
        .select('actor')
        .where('type', '=', 'service.changed')
        .orderBy('id')
        .execute()
    ).map(({ actor }) => actor);
  expect(await tellsOf()).toEqual(['hub', 'hub']);
  await fails(fleet);
  await serverChanged(fleet, 'nas');
  expect(await tellsOf()).toEqual(['hub', 'hub', 'hub', 'policy:ask']);
});

test('in shadow too a try waits while a person has asked already', async () => {
  await using fleet = await startAsking({ shadow: true });
  await fails(fleet);
  await fleet.ask();
  fleet.store.clock.advance(WAIT);
  await serverChanged(fleet, 'nas');
  expect(await incidentOf(fleet)).toMatchObject({ tries: 0, dueMs: fleet.store.clock.nowMs() + MINUTE });
  expect((await findPolicy(fleet.store.db, 'ask', 0))?.noted).toBeNull();
});

test('an event of a server that is gone is no fault', async () => {
  await using fleet = await startAsking();
  await fleet.report(failedReport('plex.service'));
  await fleet.store.db.deleteFrom('servers').execute();
  await fleet.settle();
  expect(await incidentOf(fleet)).toBeNull();
});

test('a change of a server is a reason to look at what is going on there, and at nothing elsewhere', async () => {
  await using fleet = await startAsking();
  await fails(fleet);
  // It is expected no more, and runs again: what was begun is still to be ended.
  await fleet.store.db.updateTable('services').set({ expected: 0 }).execute();
  await becomesUnseen(fleet, report('plex.service'));
  await serverChanged(fleet, 'attic');
  expect(await incidentOf(fleet)).toMatchObject({ state: 'waiting' });
  await serverChanged(fleet, 'nas');
  expect(await incidentOf(fleet)).toBeNull();
});
