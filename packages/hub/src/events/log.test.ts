import { expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { databaseSetting, openTestStore } from '../../test/store-access.ts';
import { verifyChain } from '../audit/verify.ts';
import { systemClock } from '../lib/clock.ts';
import { openForWriting } from '../store/hub-store.ts';
import type { Store } from '../store/schema.ts';
import { EventLog, type LogTransaction, type StoredEvent } from './log.ts';

class LogHome implements AsyncDisposable {
  readonly log: EventLog;
  readonly db: Store;
  readonly #close: () => Promise<void>;

  constructor(log: EventLog, db: Store, close: () => Promise<void>) {
    this.log = log;
    this.db = db;
    this.#close = close;
  }

  static async open(): Promise<LogHome> {
    const folder = disposableFolder();
    const store = await openTestStore(folder.path);
    const log = await EventLog.open(store.db, systemClock);
    return new LogHome(log, store.db, async () => {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

const tell = (open: LogTransaction, serverId: string) =>
  open.append({ type: 'server.deleted', serverId, actor: 'test' }, async () => ({}));

/** Appends facts, `atOnce` of them in one transaction, with the shortest possible commit. */
async function fill(home: LogHome, count: number, atOnce = 100): Promise<void> {
  for (let n = 0; n < count; n += atOnce)
    await home.log.transaction(async (open) => {
      for (let m = n; m < Math.min(count, n + atOnce); m += 1) await tell(open, `s${m}`);
    });
}

/** Follows until so many events have come. */
async function take(log: EventLog, after: number, count: number): Promise<StoredEvent[]> {
  const stop = new AbortController();
  const taken: StoredEvent[] = [];
  for await (const event of log.follow(after, stop.signal)) {
    taken.push(event);
    if (taken.length === count) stop.abort();
  }
  return taken;
}

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => from + n);

test('ids are contiguous, in the order of commits, from many transactions at once', async () => {
  await using home = await LogHome.open();
  const following = take(home.log, 0, 300);
  const heads: number[] = [];
  await Promise.all(
    upTo(100).map((n) =>
      home.log
        .transaction(async (open) => {
          for (let m = 0; m < 3; m += 1) await tell(open, `${n}`);
        })
        .then(() => heads.push(home.log.head)),
    ),
  );
  expect((await following).map((event) => event.id)).toEqual(upTo(300));
  expect(heads).toEqual(heads.toSorted((a, b) => a - b));
  expect(home.log.head).toBe(300);
});

test('what was rolled back leaves no gap and no ghost', async () => {
  await using home = await LogHome.open();
  await fill(home, 2);
  const following = take(home.log, 0, 4);
  await expect(
    home.log.transaction(async (open) => {
      await tell(open, 'ghost');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(home.log.head).toBe(2);
  await fill(home, 2);
  const events = await following;
  expect(events.map((event) => event.id)).toEqual([1, 2, 3, 4]);
  expect(events.map((event) => event.serverId)).not.toContain('ghost');
});

test('a state that says what its event’s number is says the truth', async () => {
  await using home = await LogHome.open();
  await home.log.transaction((open) =>
    open.append({ type: 'server.deleted', serverId: 'nas', actor: 'test' }, async ({ revision, at }) => {
      expect([revision, at]).toEqual([1, open.now]);
      return {};
    }),
  );
  const [event] = await take(home.log, 0, 1);
  expect(event).toMatchObject({
    id: 1,
    type: 'server.deleted',
    serverId: 'nas',
    actor: 'test',
    dataJson: '{}',
  });
});

test('an event that commits between a follower’s read and its wait wakes it', async () => {
  await using home = await LogHome.open();
  const { log } = home;
  const read = log.read.bind(log);
  let isBetween = true;
  // The interleaving is forced: the commit happens after the read found nothing, before the follower waits.
  log.read = async (after) => {
    const batch = await read(after);
    if (isBetween && batch.length === 0) {
      isBetween = false;
      await fill(home, 1);
    }
    return batch;
  };
  expect((await take(log, 0, 1)).map((event) => event.id)).toEqual([1]);
});

test('a follower that is far behind reads from the store, and misses nothing on the way to the newest', async () => {
  await using home = await LogHome.open();
  await fill(home, 4700);
  const following = take(home.log, 10, 4790);
  await fill(home, 100, 1);
  expect((await following).map((event) => event.id)).toEqual(upTo(4790, 11));
});

test('a log that is opened again goes on where it was', async () => {
  await using home = await LogHome.open();
  await fill(home, 5);
  const again = await EventLog.open(home.db, systemClock);
  expect(again.head).toBe(5);
  await again.transaction((open) => tell(open, 'later'));
  expect((await take(again, 3, 3)).map((event) => event.id)).toEqual([4, 5, 6]);
});

test('nothing comes before the commit', async () => {
  await using home = await LogHome.open();
  const following = take(home.log, 0, 1);
  let isCommitted = false;
  let wasCommittedWhenTaken = false;
  void following.then(() => {
    wasCommittedWhenTaken = isCommitted;
  });
  await home.log.transaction(async (open) => {
    await tell(open, 'nas');
    for (let n = 0; n < 20; n += 1) await new Promise(setImmediate);
    isCommitted = true;
  });
  await following;
  expect(wasCommittedWhenTaken).toBe(true);
});

test('a follower ends when it is told to, also while it waits', async () => {
  await using home = await LogHome.open();
  const stop = new AbortController();
  const ids: number[] = [];
  const following = (async () => {
    for await (const event of home.log.follow(0, stop.signal)) ids.push(event.id);
  })();
  await fill(home, 1);
  await expect.poll(() => ids).toEqual([1]);
  stop.abort();
  await following;
  for await (const event of home.log.follow(0, stop.signal)) ids.push(event.id);
  expect(ids).toEqual([1]);
});

test('the audit is one chain, whoever shares a commit, fails, or writes beside this hub', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const databaseUrl = databaseSetting(folder.path)['HOMELABCMD_DATABASE_URL'] ?? null;
  const beside = openForWriting({ dataDir: folder.path, databaseUrl });
  const log = await EventLog.open(store.db, systemClock);
  const another = await EventLog.open(beside, systemClock);
  const note = (name: string) => async (open: LogTransaction) => {
    await open.audit({ verb: 'key.created', actor: 'test', serverId: null, detail: { name } });
    await open.audit({ verb: 'key.created', actor: 'test', serverId: null, detail: { name, again: true } });
    if (name === 'refused') throw new Error('refused');
  };
  const names = ['first', 'second', 'refused', 'third'];
  const settled = await Promise.allSettled(names.map((name) => log.transaction(note(name))));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  await another.transaction(note('beside'));
  await log.transaction(note('last'));
  await beside.destroy();
  const { entries, faultCount } = await verifyChain(store.db);
  expect([entries, faultCount]).toEqual([10, 0]);
});
