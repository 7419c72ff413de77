import type { api, Problem, ResponseOf } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { openTestStore, writeRows } from '../../test/store-access.ts';
import { EventLog, type StoredEvent } from '../events/log.ts';
import { StoreUnavailable } from '../store/faults.ts';
import { ServiceHistory } from './recorder.ts';

type History = ResponseOf<typeof api.serviceHistory>;
type Availability = ResponseOf<typeof api.serviceAvailability>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse('2026-01-31T12:00:00.000Z');
/** Nobody is called silent because a test has moved the clock. */
const LIVENESS = { staleAfterMs: 1e12, offlineAfterMs: 2e12 };
const PLEX = '/servers/nas/services/plex';

async function historyOf(hub: TestHub, query = ''): Promise<History> {
  return (await hub.call<History>('GET', `${PLEX}/history${query}`)).body;
}

async function availabilityOf(hub: TestHub, query = ''): Promise<Availability> {
  const { status, body } = await hub.call<Availability>('GET', `${PLEX}/availability${query}`);
  expect([status, body]).toEqual([200, body]);
  return body;
}

const hours = (running: number, down = 0, unknown = 0) => ({
  ...{ running_ms: running * HOUR_MS, down_ms: down * HOUR_MS, unknown_ms: unknown * HOUR_MS },
});

/** Takes the log in from its beginning, an event at a time, without a hub. */
async function takeOneByOne(dataDir: string, clock: HeldClock): Promise<void> {
  await using store = await openTestStore(dataDir);
  const log = await EventLog.open(store.db, clock);
  const history = await ServiceHistory.open(store.db, log, { changesDays: 30, availabilityMs: 1e12 });
  const events = await store.db.selectFrom('events').selectAll().orderBy('id').execute();
  for (const { id, at, type, actor, server_id, data_json } of events)
    await history.takeAll([
      { id, at, type: type as StoredEvent['type'], actor, serverId: server_id, dataJson: data_json },
    ]);
}

test('every change is told with its reason, newest first, page by page; a report that only adds lines is none', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS });
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  agent.reports([report('plex.service', { description: 'Films' })]);
  await agent.settled();
  clock.advance(HOUR_MS);
  agent.reports([failedReport('plex.service')]);
  const why = failedReport('plex.service').why;
  const journal = [
    { at: new Date(START_MS).toISOString(), identifier: 'plex', pid: 1, priority: 3, message: 'ouch' },
  ];
  agent.reports([failedReport('plex.service', { why: why && { ...why, journal } })]);
  await agent.settled();
  const { action_id } = (await hub.restart('nas', 'plex')).body;
  clock.advance(HOUR_MS);
  agent.reports([report('plex.service', { invocation_id: 'b'.repeat(32) })]);
  agent.reports([report('plex.service', { invocation_id: 'c'.repeat(32), pid: 101 })]);
  await agent.settled();
  await expect.poll(async () => (await historyOf(hub)).changes.length).toBe(4);
  const { changes, next_cursor } = await historyOf(hub);
  expect(next_cursor).toBeNull();
  expect(
    changes.map(({ at, status, reason, action_id: id }) => [at.slice(11, 16), status, reason, id]),
  ).toEqual([
    ['14:00', 'running', null, action_id],
    ['14:00', 'running', null, action_id],
    ['13:00', 'failed', 'Its main process was ended by SIGKILL.', null],
    ['12:00', 'running', null, null],
  ]);
  expect(changes[2]?.why).toMatchObject({ signal: 9, journal: [] });
  const first = await historyOf(hub, '?limit=3');
  expect(first.changes).toEqual(changes.slice(0, 3));
  const second = await historyOf(hub, `?limit=3&cursor=${first.next_cursor}`);
  expect(second).toEqual({ changes: changes.slice(3), next_cursor: null });
  expect(hub.faults).toEqual([]);
});

test('of each day and month it is known for how long a service ran, was down, and was not known', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS });
  // What it answers by itself would come at any moment.
  await using agent = await connectAgent(hub, 'nas', { heads: null });
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([report('plex.service'), report('other.service')]);
  await agent.settled();
  clock.advance(2 * HOUR_MS);
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  clock.advance(HOUR_MS);
  agent.reports([report('plex.service')]);
  await agent.settled();
  clock.advance(2 * HOUR_MS);
  await agent.settled();
  // An hour passes before anybody notices.
  clock.advance(HOUR_MS);
  agent.socket.terminate();
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
  clock.advance(8 * HOUR_MS);
  await using again = await connectAgent(hub, 'nas', { key: agent.key });
  await again.settled();
  clock.advance(3 * HOUR_MS);
  await expect
    .poll(() => availabilityOf(hub))
    .toMatchObject({
      ...{ from: '2026-01-03', to: '2026-02-01' },
      days: [
        { day: '2026-01-31', ...hours(4, 1, 7), availability: 0.8 },
        { day: '2026-02-01', ...hours(3, 0, 2), availability: 1 },
      ],
      months: [
        { month: '2026-01', ...hours(4, 1, 7), availability: 0.8 },
        { month: '2026-02', ...hours(3, 0, 2), availability: 1 },
      ],
    });
  expect((await availabilityOf(hub, '?from=2026-02-01&to=2026-02-01')).days).toHaveLength(1);
  const other = await hub.call<Availability>('GET', '/servers/nas/services/other/availability');
  expect(other.body.days).toEqual([]);
  expect(hub.faults).toEqual([]);
});

test('the time without a hub is not known, and is counted once however often the hub is started', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  const key = newKeyPair();
  const options = { dataDir: folder.path, clock, liveness: LIVENESS };
  {
    await using hub = await startTestHub(options);
    await using agent = await connectAgent(hub, 'nas');
    Object.assign(key, agent.key);
    await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
    agent.reports([report('plex.service')]);
    await agent.settled();
    clock.advance(HOUR_MS);
    await agent.settled();
  }
  clock.advance(4 * HOUR_MS);
  for (let n = 0; n < 2; n += 1) {
    await using hub = await startTestHub(options);
    await expect.poll(() => availabilityOf(hub)).toMatchObject({ days: [hours(1, 0, 4)] });
  }
  await using hub = await startTestHub(options);
  await using agent = await connectAgent(hub, 'nas', { key });
  await agent.settled();
  clock.advance(HOUR_MS);
  await expect.poll(() => availabilityOf(hub)).toMatchObject({ days: [hours(2, 0, 4)] });
});

test('what nobody expects, or is paused, is not counted from then on', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS });
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([report('plex.service')]);
  await agent.settled();
  clock.advance(HOUR_MS);
  await hub.call('PATCH', PLEX, { enabled: false });
  clock.advance(HOUR_MS);
  await hub.call('PATCH', PLEX, { enabled: true });
  clock.advance(HOUR_MS);
  await hub.call('DELETE', PLEX);
  clock.advance(HOUR_MS);
  await expect.poll(() => availabilityOf(hub)).toMatchObject({ days: [hours(2)] });
  await hub.call('DELETE', '/servers/nas');
  expect((await hub.call('GET', `${PLEX}/availability`)).status).toBe(404);
  expect((await hub.call('GET', `${PLEX}/history`)).status).toBe(404);
  for (const table of ['service_changes', 'service_spells', 'service_days'])
    expect(hub.rows(`SELECT * FROM ${table}`)).toEqual([]);
});

test('read again from the beginning of the log, it comes to the same, and not to what was of a server of that name', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  const options = { dataDir: folder.path, clock, liveness: LIVENESS };
  const asked = async (hub: TestHub) => [await historyOf(hub), await availabilityOf(hub)] as const;
  let before: Awaited<ReturnType<typeof asked>>;
  {
    await using hub = await startTestHub(options);
    for (const isFirst of [true, false]) {
      await using agent = await connectAgent(hub, 'nas');
      await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
      agent.reports([isFirst ? failedReport('plex.service') : report('plex.service')]);
      await agent.settled();
      clock.advance(HOUR_MS);
      agent.reports([report('plex.service', { invocation_id: 'd'.repeat(32) })]);
      await agent.settled();
      clock.advance(HOUR_MS);
      await agent.settled();
      if (isFirst) await hub.call('DELETE', '/servers/nas');
    }
    await expect.poll(() => availabilityOf(hub)).toMatchObject({ days: [{ running_ms: 2 * HOUR_MS }] });
    await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
    await expect.poll(async () => (await historyOf(hub)).changes.length).toBe(2);
    before = await asked(hub);
  }
  for (const table of ['service_changes', 'service_spells', 'service_days'])
    writeRows(folder.path, `DELETE FROM ${table}`);
  await takeOneByOne(folder.path, clock);
  await using hub = await startTestHub(options);
  await expect.poll(() => asked(hub)).toEqual(before);
  expect(hub.faults).toEqual([]);
});

test('a commit whose answer is lost is not counted once more when it is taken in again', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(START_MS);
  const options = { dataDir: folder.path, clock, liveness: LIVENESS };
  {
    await using hub = await startTestHub(options);
    await using agent = await connectAgent(hub, 'nas');
    await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
    agent.reports([report('plex.service')]);
    await agent.settled();
    for (const again of [failedReport('plex.service'), report('plex.service')]) {
      clock.advance(HOUR_MS);
      agent.reports([again]);
      await agent.settled();
    }
    await expect.poll(() => availabilityOf(hub)).toMatchObject({ days: [hours(1, 1)] });
  }
  for (const table of ['service_changes', 'service_spells', 'service_days'])
    writeRows(folder.path, `DELETE FROM ${table}`);
  writeRows(folder.path, `DELETE FROM follower_cursors WHERE follower = 'service-history'`);
  await using store = await openTestStore(folder.path);
  const log = await EventLog.open(store.db, clock);
  const cut = new StoreUnavailable('the connection was lost');
  let cuts = 2;
  const transaction: EventLog['transaction'] = async (work) => {
    const done = await log.transaction(work);
    if (cuts === 0) return done;
    cuts -= 1;
    throw cut;
  };
  const cutting = Object.assign(log.from({ actor: 'hub', address: '' }), { transaction });
  const history = await ServiceHistory.open(store.db, cutting, { changesDays: 30, availabilityMs: 1e12 });
  const events = await log.read(await history.cursor());
  // The first time there is one event less, as when more come before it is tried again.
  await expect(history.takeAll(events.slice(0, -1))).rejects.toBe(cut);
  await expect(history.takeAll(events)).rejects.toBe(cut);
  await history.takeAll(events);
  const days = await store.db.selectFrom('service_days').selectAll().execute();
  expect(days).toMatchObject([hours(1, 1)]);
  const changes = await store.db.selectFrom('service_changes').selectAll().execute();
  expect(changes.map(({ status }) => status)).toEqual(['running', 'failed', 'running']);
});

test('availability is known when the events are gone; changes go with them', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS, eventRetentionDays: 1 });
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([report('plex.service')]);
  await agent.settled();
  clock.advance(49 * HOUR_MS);
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  await expect
    .poll(async () => (await historyOf(hub)).changes.map(({ status }) => status))
    .toEqual(['failed']);
  const { days } = await availabilityOf(hub);
  expect(days.map(({ running_ms }) => running_ms / HOUR_MS)).toEqual([12, 24, 13]);
});

test.each([
  ['history?limit=0', 'limit'],
  ['history?cursor=x', 'cursor'],
  ['availability?from=2026-02-30', 'from'],
  ['availability?from=2026-02-01&to=2026-01-31', 'from'],
  ['availability?to=0001-01-01', 'to'],
])('%s is refused, with what is wrong with it', async (path, field) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await hub.call<Problem>('GET', `${PLEX}/${path}`);
  expect([status, body.code]).toEqual([422, 'invalid']);
  expect(body.errors?.some((error) => error.path.includes(field))).toBe(true);
});
