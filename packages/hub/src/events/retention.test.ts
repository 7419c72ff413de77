import { StreamHello } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail } from '../../test/store-access.ts';
import { TestStream } from '../../test/stream-fixture.ts';

const DAY_MS = 86_400_000;

interface Reach {
  readonly oldest: number | null;
  readonly count: number;
}

const eventsOf = (hub: TestHub): Reach | undefined =>
  hub.rows<{ oldest: number | null; count: number }>(
    'SELECT min(id) AS oldest, count(*) AS count FROM events',
  )[0];

const prunedOf = (hub: TestHub) => hub.rows(`SELECT last FROM hub_counters WHERE name = 'pruned'`)[0]?.last;

const cursorsOf = (hub: TestHub) =>
  hub.rows<{ event_id: number }>('SELECT event_id FROM follower_cursors').map((row) => row.event_id);

const helloOf = async (stream: TestStream) => StreamHello.parse((await stream.first('hello')).data);

/** A store with `old` events of long ago and one of today; its followers have taken in all of them. */
async function storeOf(dataDir: string, old: number): Promise<void> {
  const clock = new HeldClock(Date.now() - 40 * DAY_MS);
  await using hub = await startTestHub({ dataDir, clock });
  await hub.addServer('nas');
  for (let n = 1; n < old; n += 1) await hub.call('PATCH', '/servers/nas', { display_name: `name ${n}` });
  clock.advance(40 * DAY_MS);
  const { body } = await hub.restart('nas', 'plex');
  await hub.call('POST', `/actions/${body.action_id}/cancel`);
  // The day of the fleet had nothing to mark, and says how far it is only now and then.
  await hub.write('UPDATE follower_cursors SET event_id = ?', old + 2);
}

test('what is older than the retention is removed at the start, and a reader from before it is told to read anew', async () => {
  using folder = disposableFolder();
  await storeOf(folder.path, 30);
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => eventsOf(hub)).toEqual({ oldest: 31, count: 2 });
  expect(prunedOf(hub)).toBe(30);

  // The last that is gone is known, so what follows it is complete; one before it has missed something.
  await using complete = await TestStream.open(hub, '30');
  expect(await helloOf(complete)).toMatchObject({ resumed: true, head: 32 });
  await expect.poll(() => complete.facts.map((fact) => fact.id)).toEqual([31, 32]);
  for (const [last, head] of [
    ['29', 32],
    ['0', 33],
  ] as const) {
    await using lost = await TestStream.open(hub, last);
    expect(await helloOf(lost)).toMatchObject({ resumed: false, head });
    await hub.call('PATCH', '/servers/nas', { display_name: `after ${last}` });
    await lost.first('fact');
    expect(lost.facts[0]?.id).toBe(head + 1);
  }
  // Actions and the audit trail are kept.
  expect((await hub.action(1)).steps).toHaveLength(2);
  expect(hub.rows('SELECT * FROM audit_entries').length).toBeGreaterThan(2);
});

test('a log of which nothing is left goes on counting where it was', async () => {
  using folder = disposableFolder();
  await storeOf(folder.path, 5);
  const clock = new HeldClock(Date.now() + 31 * DAY_MS);
  await using hub = await startTestHub({ dataDir: folder.path, clock });
  await expect.poll(() => eventsOf(hub)).toEqual({ oldest: null, count: 0 });
  await using stream = await TestStream.open(hub, '7');
  expect(await helloOf(stream)).toMatchObject({ resumed: true, head: 7 });
  await hub.addServer('attic');
  await stream.first('fact');
  expect(stream.facts.map((fact) => fact.id)).toEqual([8]);
});

test('a longer retention keeps what a shorter one removes', async () => {
  using folder = disposableFolder();
  await storeOf(folder.path, 5);
  {
    await using hub = await startTestHub({ dataDir: folder.path, eventRetentionDays: 41 });
    await hub.addServer('attic');
    expect(eventsOf(hub)).toEqual({ oldest: 1, count: 8 });
  }
  await using hub = await startTestHub({ dataDir: folder.path, eventRetentionDays: 39 });
  await expect.poll(() => eventsOf(hub)).toEqual({ oldest: 6, count: 3 });
});

test('nothing goes before every durable follower has taken it in', async () => {
  using folder = disposableFolder();
  await storeOf(folder.path, 20);
  {
    await using hub = await startTestHub({ dataDir: folder.path, eventRetentionDays: 3650 });
    await hub.write(`UPDATE follower_cursors SET event_id = 12 WHERE follower = 'day'`);
    // It takes in nothing more: each of its writes fails.
    await writesFail(hub, 'INSERT', 'follower_cursors');
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => eventsOf(hub)).toEqual({ oldest: 13, count: 10 });
});

test('a fleet in which only services change is pruned too: followers with nothing to do say how far they are', async () => {
  using folder = disposableFolder();
  const clock = new HeldClock(Date.now() - 40 * DAY_MS);
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await using agent = await connectAgent(hub, 'nas');
    for (let n = 0; n < 210; n += 1)
      agent.reports([n % 2 === 0 ? report('plex.service') : failedReport('plex.service')]);
    await agent.settled();
    await expect.poll(() => Math.min(...cursorsOf(hub))).toBeGreaterThanOrEqual(200);
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => eventsOf(hub)?.oldest).toBeGreaterThan(200);
});

test('a clock that was set back in between removes nothing that must stay', async () => {
  using folder = disposableFolder();
  await storeOf(folder.path, 4);
  {
    await using hub = await startTestHub({ dataDir: folder.path, eventRetentionDays: 3650 });
    // The second of four was written by a clock that was ahead.
    await hub.write('UPDATE events SET at = ? WHERE id = 2', new Date().toISOString());
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => eventsOf(hub)).toEqual({ oldest: 2, count: 5 });
});
