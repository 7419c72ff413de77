import { expect, test } from 'vitest';
import { EventLog, type LogTransaction } from '../../src/events/log.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { StoreUnavailable } from '../../src/store/faults.ts';
import { openBeside, openDatabase } from '../../src/store/postgres/open.ts';
import { disposableFolder } from '../hub-fixture.ts';
import { databaseOf } from './databases.ts';
import { Relay } from './relay.ts';

const tell = (open: LogTransaction, serverId: string) =>
  open.append({ type: 'server.deleted', serverId, actor: 'test' }, async () => ({}));

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** A log on a database behind a relay, with a follower. */
async function openLog() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(disposableFolder());
  const url = databaseOf(folder.path) ?? '';
  const relay = stack.use(await Relay.open(url));
  const { db } = stack.use(await openDatabase(relay.through(url)));
  const log = await EventLog.open(db, systemClock);
  const seen: number[] = [];
  const stop = new AbortController();
  const following = follow();
  stack.defer(async () => {
    stop.abort();
    await following;
  });
  const opened = stack.move();
  return { url, relay, log, db, seen, [Symbol.asyncDispose]: () => opened.disposeAsync() };

  async function follow(): Promise<void> {
    for await (const { id } of log.follow(0, stop.signal)) seen.push(id);
  }
}

test('who reads by cursor, while transactions on many connections commit, sees every event once, in order', async () => {
  await using home = await openLog();
  // Another process that appends: its transactions wait for those of the hub, and the hub's for its.
  const beside = openBeside(home.url);
  const other = await EventLog.open(beside, systemClock);
  const read: number[] = [];
  let isDone = false;
  const reading = (async () => {
    for (let isLast = false; !isLast; ) {
      isLast = isDone;
      const rows = await beside
        .selectFrom('events')
        .select('id')
        .where('id', '>', read.at(-1) ?? 0)
        .orderBy('id')
        .execute();
      read.push(...rows.map(({ id }) => id));
    }
  })();
  const transactions = upTo(60).flatMap((n) =>
    [home.log, other].map((log) =>
      log.transaction(async (open) => {
        await tell(open, `a${n}`);
        if (n % 7 === 0) throw new Error('taken back');
        await tell(open, `b${n}`);
      }),
    ),
  );
  const outcomes = await Promise.allSettled(transactions);
  isDone = true;
  await reading;
  const committed = outcomes.filter(({ status }) => status === 'fulfilled').length * 2;
  expect(committed).toBe((60 - 8) * 4);
  expect(read).toEqual(upTo(committed));
  // What another process appended last is heard of with the next event of this one: no process but the hub appends.
  await home.log.transaction((open) => tell(open, 'last'));
  await expect.poll(() => home.seen.length).toBe(committed + 1);
  expect(home.seen).toEqual(upTo(committed + 1));
  await beside.destroy();
});

test('what a transaction has read stays true until it commits, whoever else wants to write', async () => {
  await using home = await openLog();
  const add = async () =>
    home.db.transaction().execute(async (tx) => {
      const { last } = await tx
        .selectFrom('hub_counters')
        .select('last')
        .where('name', '=', 'action')
        .executeTakeFirstOrThrow();
      await tx
        .updateTable('hub_counters')
        .set({ last: last + 1 })
        .where('name', '=', 'action')
        .execute();
    });
  await Promise.all(upTo(40).map(add));
  const counter = home.db.selectFrom('hub_counters').select('last').where('name', '=', 'action');
  expect(await counter.execute()).toEqual([{ last: 40 }]);
});

test('while the answer to a commit is awaited, nothing later is committed or told of', async () => {
  await using home = await openLog();
  const caught = home.relay.catchCommit('first', 'held');
  const told: string[] = [];
  const first = home.log.transaction((open) => tell(open, 'first')).then(() => told.push('first'));
  await caught.done;
  expect(home.log.head).toBe(0);
  const second = home.log.transaction((open) => tell(open, 'second')).then(() => told.push('second'));
  expect(await home.db.selectFrom('events').select('id').execute()).toHaveLength(1);
  expect([told, home.seen]).toEqual([[], []]);
  caught.release();
  await Promise.all([first, second]);
  expect(told).toEqual(['first', 'second']);
  await expect.poll(() => home.seen).toEqual([1, 2]);
});

test('a lost answer is followed by more: all of it is told of, in its order', async () => {
  await using home = await openLog();
  const caught = home.relay.catchCommit('first', 'lost');
  const all = ['first', 'second', 'third'].map((name) =>
    home.log.transaction(async (open) => {
      await tell(open, name);
    }),
  );
  const settled = await Promise.allSettled(all);
  await caught.done;
  expect(settled[0]?.status).toBe('rejected');
  await home.log.transaction((open) => tell(open, 'last'));
  const rows = await home.db.selectFrom('events').select(['id', 'server_id']).orderBy('id').execute();
  expect(rows[0]?.server_id).toBe('first');
  await expect.poll(() => home.seen).toEqual(rows.map(({ id }) => id));
});

test('a commit whose answer is lost is told of all the same, though nothing else happens', async () => {
  await using home = await openLog();
  await home.log.transaction((open) => tell(open, 'first'));
  const caught = home.relay.catchCommit('second', 'lost');
  await expect(home.log.transaction((open) => tell(open, 'second'))).rejects.toThrow(StoreUnavailable);
  await caught.done;
  await expect.poll(() => home.seen).toEqual([1, 2]);
  expect(home.log.head).toBe(2);
});

test('over a store that somebody put back to an earlier state nothing more is written', async () => {
  await using home = await openLog();
  for (const name of ['first', 'second']) await home.log.transaction((open) => tell(open, name));
  await home.db.deleteFrom('events').execute();
  await home.db.updateTable('hub_counters').set({ last: 0 }).where('name', '=', 'event').execute();
  await expect(home.log.transaction((open) => tell(open, 'third'))).rejects.toThrow(
    'The store is at event 0, and this hub has seen event 2: an older copy was put in its place. Restart the hub.',
  );
});
