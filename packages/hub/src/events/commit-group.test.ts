import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { openStore, STORE_FILE } from '../store/open.ts';
import type { Schema, Store, StoreTransaction } from '../store/schema.ts';
import { openSqlite, type SqliteConnection, sqliteDialect } from '../store/sqlite.ts';
import { CommitGroup } from './commit-group.ts';

/** A store whose commits are counted, and can be made to fail. */
class CommitHome implements AsyncDisposable {
  commits = 0;
  isFull = false;
  readonly db: Store;
  readonly group: CommitGroup;
  readonly #folder: ReturnType<typeof disposableFolder>;

  private constructor(folder: ReturnType<typeof disposableFolder>) {
    this.#folder = folder;
    const database = openSqlite(join(folder.path, STORE_FILE));
    const prepare = (text: string) => {
      const statement = database.prepare(text);
      if (text !== 'commit') return statement;
      const run: typeof statement.run = () => {
        if (this.isFull) throw new Error('database or disk is full');
        this.commits += 1;
        return statement.run();
      };
      return { columns: () => statement.columns(), all: statement.all, iterate: statement.iterate, run };
    };
    const connection: SqliteConnection = {
      get isTransaction() {
        return database.isTransaction;
      },
      prepare,
      close: () => database.close(),
    };
    this.db = new Kysely<Schema>({ dialect: sqliteDialect(connection) });
    // A busy machine must not end what one commit covers.
    this.group = new CommitGroup(this.db, 60_000);
  }

  static async open(): Promise<CommitHome> {
    const folder = disposableFolder();
    await (await openStore(folder.path))[Symbol.asyncDispose]();
    return new CommitHome(folder);
  }

  /** The names that are there, oldest first. */
  async names(): Promise<string[]> {
    const names = this.db.selectFrom('follower_cursors').select('follower').where('event_id', '>', 0);
    return (await names.orderBy('event_id').execute()).map((row) => row.follower);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
    this.#folder[Symbol.dispose]();
  }
}

const write = (name: string, event_id: number) => async (tx: StoreTransaction) => {
  await tx.insertInto('follower_cursors').values({ follower: name, event_id }).execute();
  return name;
};
const fail = (name: string, event_id: number) => async (tx: StoreTransaction) => {
  await write(name, event_id)(tx);
  throw new Error(`${name} was refused`);
};

test('what comes in at once shares a commit, in the order in which it came', async () => {
  await using home = await CommitHome.open();
  const names = Array.from({ length: 50 }, (_, n) => `follower ${n}`);
  const answers = await Promise.all(names.map((name, n) => home.group.run(write(name, n + 1))));
  expect(answers).toEqual(names);
  expect(await home.names()).toEqual(names);
  expect(home.commits).toBe(1);
});

test('what comes in before the event loop has turned, or while work is under way, shares the commit too', async () => {
  await using home = await CommitHome.open();
  const others: Promise<unknown>[] = [];
  const begun = home.group.run(async (tx) => {
    others.push(home.group.run(write('during', 3)));
    return write('first', 1)(tx);
  });
  await Promise.resolve();
  others.push(home.group.run(write('before', 2)));
  await begun;
  await Promise.all(others);
  expect([await home.names(), home.commits]).toEqual([['first', 'before', 'during'], 1]);
});

test('one that fails takes back its own changes alone, and the others see nothing of it', async () => {
  await using home = await CommitHome.open();
  const work = [write('a', 1), fail('b', 2), write('c', 3), fail('d', 4)];
  const settled = await Promise.allSettled(work.map((each) => home.group.run(each)));
  expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
    'a',
    'Error: b was refused',
    'c',
    'Error: d was refused',
  ]);
  expect(await home.names()).toEqual(['a', 'c']);
});

test('nobody is answered before the commit; when it fails, all that it covers has failed, and nothing is kept', async () => {
  await using home = await CommitHome.open();
  await home.group.run(write('before', 1));
  const answered: unknown[] = [];
  let atEnd: unknown[] = [];
  const last = async () => {
    atEnd = [...answered];
    home.isFull = true;
  };
  const work = [write('a', 2), fail('b', 3), write('c', 4), last];
  const settled = await Promise.all(
    work.map((each) =>
      home.group.run<unknown>(each).then(
        (value) => answered.push(value),
        (error: unknown) => answered.push(String(error)),
      ),
    ),
  );
  expect([settled.length, atEnd]).toEqual([4, []]);
  expect(answered).toEqual(Array<string>(4).fill('Error: database or disk is full'));
  home.isFull = false;
  // The next one finds the store as it was, and no transaction left open.
  await home.group.run(write('later', 6));
  expect(await home.names()).toEqual(['before', 'later']);
});

test('when the store undoes everything by itself, everybody is told its error', async () => {
  await using home = await CommitHome.open();
  const undone = async (tx: StoreTransaction) => {
    await sql`ROLLBACK`.execute(tx);
    throw new Error('the disk is full');
  };
  const work = [write('a', 1), write('b', 2), undone, write('c', 3)];
  const settled = await Promise.allSettled(work.map((each) => home.group.run<unknown>(each)));
  expect(settled.slice(0, 3).map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
    'Error: the disk is full',
    'Error: the disk is full',
    'Error: the disk is full',
  ]);
  expect(await home.group.run(write('d', 4))).toBe('d');
  expect(await home.names()).toEqual(['c', 'd']);
});

test('a commit covers only so much: 64 at most, and nothing is taken up after its time', async () => {
  await using home = await CommitHome.open();
  const many = (group: CommitGroup, from: number) =>
    Promise.all(Array.from({ length: 130 }, (_, n) => group.run(write(`${from + n}`, from + n))));
  await many(home.group, 1);
  expect(home.commits).toBe(3);
  home.commits = 0;
  await many(new CommitGroup(home.db, 0), 1000);
  expect(home.commits).toBe(130);
});

test('who comes alone has a transaction of its own, and one that fails leaves the next untouched', async () => {
  await using home = await CommitHome.open();
  await expect(home.group.run(fail('a', 1))).rejects.toThrow('a was refused');
  expect(await home.group.run(write('b', 2))).toBe('b');
  expect([home.commits, await home.names()]).toEqual([1, ['b']]);
});
