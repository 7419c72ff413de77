import { afterEach, expect, test, vi } from 'vitest';
import { writesFail, writesWork } from '../../test/store-access.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { createLogger } from '../lib/log.ts';
import { StormHalt, readAutomation } from './storm.ts';

afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
/** Servers are counted as having turned unhealthy together within this. */
const WINDOW = 5 * MINUTE;

const haltOf = ({ log, clock }: TestStore) => new StormHalt(log, clock, createLogger('silent'));

type Liveness = 'never_seen' | 'online' | 'stale' | 'offline';
let added = 0;

async function addServers(
  store: TestStore,
  count: number,
  liveness: Liveness,
  ageMs = MINUTE,
): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    added += 1;
    await store.addServer(`server-${added}`, { liveness, liveness_since: store.ago(ageMs) });
  }
}

/** One more server, which is connected, with a service that went down so long ago. */
async function addWithServiceDown(
  store: TestStore,
  change: { ageMs?: number; until?: string; liveness?: Liveness; kind?: 'service_down' | 'restart' } = {},
): Promise<void> {
  const { ageMs = MINUTE, until = null, liveness = 'online', kind = 'service_down' } = change;
  await addServers(store, 1, liveness);
  await store.db
    .insertInto('day_marks')
    .values({
      ...{ event_id: added, kind, at: store.ago(ageMs), until, server_id: `server-${added}` },
      ...{ service_name: 'plex', target: 'systemd:plex.service', action_id: null, detail: '' },
    })
    .execute();
}

const changes = async (store: TestStore) =>
  (
    await store.db
      .selectFrom('events')
      .select('data_json')
      .where('type', '=', 'automation.changed')
      .orderBy('id')
      .execute()
  ).map(({ data_json }) => JSON.parse(data_json) as unknown);

test.each<[sick: number, well: number, isStorm: boolean]>([
  [0, 0, false],
  [1, 0, false],
  [1, 1, false],
  [2, 0, true],
  [2, 2, true],
  // Two of five are just the part that is still no storm.
  [2, 3, false],
  [3, 4, true],
  [4, 6, false],
  [4, 60, false],
  [5, 60, true],
])('%d servers that turned unhealthy beside %d that did not: a storm: %s', async (sick, well, isStorm) => {
  await using store = await startTestStore();
  await using halt = haltOf(store);
  await addServers(store, sick, sick % 2 === 0 ? 'stale' : 'offline');
  await addServers(store, well, 'online');
  const because = await store.within((open) => halt.check(open));
  expect(because).toBe(
    isStorm
      ? `${sick} of ${sick + well} servers turned unhealthy within 5 minutes, so the cause is probably the hub or the network.`
      : null,
  );
  expect((await readAutomation(store.db)).halted).toEqual(isStorm ? { since: store.ago(0), because } : null);
});

type Third = (store: TestStore) => Promise<void>;
test.each<[what: string, third: Third, isStorm: boolean]>([
  ['a server silent for a moment less', (store) => addServers(store, 1, 'stale', WINDOW - 1), true],
  ['a server silent for five minutes', (store) => addServers(store, 1, 'stale', WINDOW), false],
  ['a server never seen', (store) => addServers(store, 1, 'never_seen'), false],
  ['a service down on another server', (store) => addWithServiceDown(store), true],
  ['a service down for a moment less', (store) => addWithServiceDown(store, { ageMs: WINDOW - 1 }), true],
  ['a service down for five minutes', (store) => addWithServiceDown(store, { ageMs: WINDOW }), false],
  ['a service that is up again', (store) => addWithServiceDown(store, { until: store.ago(1000) }), false],
  ['a restart', (store) => addWithServiceDown(store, { kind: 'restart' }), false],
])(
  'beside one silent server among four, one more that counts is a storm: %s',
  async (_what, third, isStorm) => {
    await using store = await startTestStore();
    await using halt = haltOf(store);
    await addServers(store, 1, 'offline');
    await addServers(store, 2, 'online');
    await third(store);
    expect((await store.within((open) => halt.check(open))) !== null).toBe(isStorm);
  },
);

test('a silent server whose service is down too is one, and servers never seen make no part smaller', async () => {
  await using store = await startTestStore();
  await using halt = haltOf(store);
  await addWithServiceDown(store, { liveness: 'stale' });
  await addServers(store, 1, 'online');
  expect(await store.within((open) => halt.check(open))).toBeNull();
  await addServers(store, 1, 'stale');
  await addServers(store, 20, 'never_seen');
  expect(await store.within((open) => halt.check(open))).toContain('2 of 3 servers');
});

test('its beginning and its end are told once each, and it begins when it was found', async () => {
  await using store = await startTestStore();
  await using halt = haltOf(store);
  const check = () => store.within((open) => halt.check(open));
  await addServers(store, 2, 'stale');
  await check();
  const halted = { since: store.ago(0), because: expect.stringContaining('2 of 2 servers') };
  store.clock.advance(MINUTE);
  await check();
  expect(await changes(store)).toEqual([{ automation: { halted } }]);
  store.clock.advance(WINDOW);
  await check();
  await check();
  expect(await changes(store)).toEqual([{ automation: { halted } }, { automation: { halted: null } }]);
});

test('a hub that starts looks whether the halt of an earlier run is over', async () => {
  await using store = await startTestStore();
  await addServers(store, 2, 'stale');
  {
    await using halt = haltOf(store);
    await store.within((open) => halt.check(open));
  }
  await using next = haltOf(store);
  next.start();
  await next[Symbol.asyncDispose]();
  expect((await readAutomation(store.db)).halted).not.toBeNull();
  store.clock.advance(WINDOW);
  await using last = haltOf(store);
  last.start();
  await expect.poll(async () => (await readAutomation(store.db)).halted).toBeNull();
});

test('while it lasts it is looked at every fifteen seconds, also when looking fails, and never after the hub has ended', async () => {
  await using store = await startTestStore();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const halt = haltOf(store);
  const check = () => store.within((open) => halt.check(open));
  /** Time passes; a look that begins by then is over when this is, since transactions come one after the other. */
  const isHaltedAfter = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await store.within(() => Promise.resolve());
    return (await readAutomation(store.db)).halted !== null;
  };
  await addServers(store, 2, 'stale');
  await check();
  store.clock.advance(WINDOW);
  await writesFail(store, 'UPDATE', 'automation_halt');
  expect(await isHaltedAfter(15_000)).toBe(true);
  await writesWork(store, 'automation_halt');
  expect(await isHaltedAfter(14_999)).toBe(true);
  expect(await isHaltedAfter(1)).toBe(false);

  await addServers(store, 2, 'stale');
  await check();
  vi.advanceTimersByTime(10_000);
  // Whoever asks looks too, and the next look is fifteen seconds after that.
  await check();
  store.clock.advance(WINDOW);
  expect(await isHaltedAfter(14_999)).toBe(true);
  expect(await isHaltedAfter(1)).toBe(false);

  await addServers(store, 5, 'stale');
  await check();
  await halt[Symbol.asyncDispose]();
  await check();
  store.clock.advance(WINDOW);
  expect(await isHaltedAfter(60_000)).toBe(true);
});
