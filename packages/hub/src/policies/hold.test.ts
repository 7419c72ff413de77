import { ActionStatus } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { holdOf } from './hold.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PLEX = 'systemd:plex.service';

/** A store with nas and attic in it. */
async function startFleet(): Promise<TestStore> {
  const store = await startTestStore();
  for (const serverId of ['nas', 'attic']) await store.addServer(serverId);
  return store;
}

const hold = (store: TestStore, halted: string | null = null, target = PLEX) =>
  store.within((open) => holdOf(open, halted, 'nas', target));

/** Restarts of plex on nas that ended well, so long ago. */
async function ran(store: TestStore, ...agesMs: number[]): Promise<void> {
  for (const ageMs of agesMs) await store.addAction('completed', { started_at: store.ago(ageMs) });
}

test.each<[string, number[], RegExp | null]>([
  ['nothing ran', [], null],
  ['one ran a moment less than a minute ago', [MINUTE - 1], /less than 60 s ago/],
  ['one ran a minute ago', [MINUTE], null],
  ['one ran, by the clock, in a minute from now', [-MINUTE], /less than 60 s ago/],
  ['three ran within an hour', [2 * MINUTE, 30 * MINUTE, HOUR - 1], /restarted 3 times within an hour/],
  ['the third ran an hour ago', [2 * MINUTE, 30 * MINUTE, HOUR], null],
  [
    'six ran within a day',
    [2 * MINUTE, 2 * HOUR, 5 * HOUR, 9 * HOUR, 15 * HOUR, 24 * HOUR - 1],
    /restarted 6 times within a day/,
  ],
  ['the sixth ran a day ago', [2 * MINUTE, 2 * HOUR, 5 * HOUR, 9 * HOUR, 15 * HOUR, 24 * HOUR], null],
])('a policy restarts a service no more often than that: %s', async (_what, agesMs, because) => {
  await using store = await startFleet();
  await ran(store, ...agesMs);
  expect(await hold(store)).toEqual(
    because && { because: expect.stringMatching(because), untilOneEnds: false },
  );
});

test('six restarts within an hour are enough for a server, whichever services they were of', async () => {
  await using store = await startFleet();
  const add = (n: number, server_id: string, ageMs: number) =>
    store.addAction('completed', {
      target: `systemd:s${n}.service`,
      server_id,
      started_at: store.ago(ageMs),
    });
  for (let n = 1; n <= 5; n += 1) await add(n, 'nas', HOUR - 1);
  // Neither what ran an hour ago nor what ran elsewhere counts.
  await add(6, 'nas', HOUR);
  await add(7, 'attic', MINUTE);
  expect(await hold(store)).toBeNull();
  await add(8, 'nas', HOUR - 1);
  expect(await hold(store)).toEqual({
    because: '6 services of nas were restarted within an hour.',
    untilOneEnds: false,
  });
});

const HAS_RUN_OR_MAY: ReadonlySet<ActionStatus> = new Set([
  ...(['approved', 'dispatched', 'executing', 'unknown'] as const),
  ...(['completed', 'failed', 'abandoned'] as const),
]);

test.each(ActionStatus.options)('what is %s counts exactly when it has run, or may yet', async (status) => {
  await using store = await startFleet();
  await store.addAction(status, { approved_at: store.ago(SECOND) });
  expect((await hold(store)) !== null).toBe(HAS_RUN_OR_MAY.has(status));
});

test('an approval of long ago counts from the moment at which the order began', async () => {
  await using store = await startFleet();
  await store.addAction('completed', { approved_at: store.ago(HOUR), started_at: store.ago(SECOND) });
  expect((await hold(store))?.because).toContain('60 s');
});

test('a freeze and a halt hold everything, each in its own words', async () => {
  await using store = await startFleet();
  expect(await hold(store, 'Many are ill.')).toEqual({ because: 'Many are ill.', untilOneEnds: false });
  await store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute();
  expect(await hold(store)).toEqual({ because: 'The fleet is frozen.', untilOneEnds: false });
});

/** An action of attic, so that the rates of nas have nothing to do with it. */
const elsewhere = (
  store: TestStore,
  status: ActionStatus,
  n: number,
  change: { approved_by?: string; finished_at?: string } = {},
) =>
  store.addAction(status, {
    ...{ server_id: 'attic', target: `systemd:e${n}.service`, approved_by: 'policy:nightly', ...change },
  });

test.each(ActionStatus.options)(
  'the first automatic restart goes alone: another waits exactly while that one is out, and it is %s',
  async (status) => {
    await using store = await startFleet();
    await elsewhere(store, status, 1);
    const isOut = ['approved', 'dispatched', 'executing', 'unknown'].includes(status);
    expect(await hold(store)).toEqual(
      isOut ? { because: expect.stringContaining('goes alone'), untilOneEnds: true } : null,
    );
  },
);

test('what a person approved is no automatic restart, neither as one that is out nor as one that went well', async () => {
  await using store = await startFleet();
  await elsewhere(store, 'executing', 1, { approved_by: 'kim' });
  expect(await hold(store)).toBeNull();
  await elsewhere(store, 'executing', 2);
  await elsewhere(store, 'completed', 3, { approved_by: 'kim', finished_at: store.ago(MINUTE) });
  await elsewhere(store, 'failed', 4, { finished_at: store.ago(MINUTE) });
  await elsewhere(store, 'completed', 5, { finished_at: store.ago(HOUR) });
  expect((await hold(store))?.because).toContain('goes alone');
});

test.each<[servers: number, atOnce: number, words: string]>([
  [2, 1, '1 automatic restart is under way'],
  [19, 1, '1 automatic restart is under way'],
  [20, 2, '2 automatic restarts are under way'],
  [39, 3, '3 automatic restarts are under way'],
])(
  'after one that went well within the hour, a tenth of %d servers at once is %d',
  async (servers, atOnce, words) => {
    await using store = await startFleet();
    for (let n = 3; n <= servers; n += 1) await store.addServer(`server-${n}`);
    await elsewhere(store, 'completed', 0, { finished_at: store.ago(HOUR - 1) });
    for (let n = 1; n <= atOnce; n += 1) {
      expect(await hold(store)).toBeNull();
      await elsewhere(store, 'dispatched', n);
    }
    expect(await hold(store)).toEqual({
      because: `${words}, and no more at once.`,
      untilOneEnds: true,
    });
  },
);
