import { expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { openTestStore } from '../../test/store-access.ts';
import { statement } from './statement.ts';

interface Cursor {
  readonly follower: string;
  readonly event_id: number;
}

test('a statement is built once, and runs with the values of each call', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  let built = 0;
  const write = statement<Cursor>((db, row) => {
    built += 1;
    return db.insertInto('follower_cursors').values(row);
  });
  const read = statement<{ least: number; most: number }, Cursor>((db, { least, most }) =>
    db
      .selectFrom('follower_cursors')
      .select(['follower', 'event_id'])
      .where('event_id', '>=', least)
      .where('event_id', '<=', most)
      .orderBy('event_id'),
  );
  for (const [n, follower] of ['a', 'b', 'c', 'd'].entries())
    await write(store.db, { follower, event_id: n });
  expect(built).toBe(1);
  const named = async (least: number, most: number) =>
    (await read(store.db, { least, most })).rows.map(({ follower }) => follower);
  expect([await named(1, 2), await named(3, 3), await named(7, 9)]).toEqual([['b', 'c'], ['d'], []]);
});

test('values of other names make another statement: what is left out is not written as null', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const write = statement<{ follower: string; event_id?: number; name?: string }>((db, { name, ...row }) =>
    db
      .updateTable('follower_cursors')
      .set({ event_id: 0, ...row })
      .$if(name !== undefined, (query) => query.where('follower', '=', name ?? '')),
  );
  await store.db.insertInto('follower_cursors').values({ follower: 'a', event_id: 5 }).execute();
  const all = () => store.db.selectFrom('follower_cursors').selectAll().execute();
  expect((await write(store.db, { follower: 'b', name: 'nobody' })).numAffectedRows).toBe(0n);
  await write(store.db, { follower: 'c', event_id: 9 });
  expect(await all()).toEqual([{ follower: 'c', event_id: 9 }]);
  await write(store.db, { follower: 'd' });
  expect(await all()).toEqual([{ follower: 'd', event_id: 0 }]);
});

test('it runs within a transaction, and is taken back with it', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const write = statement<Cursor>((db, row) => db.insertInto('follower_cursors').values(row));
  const failing = store.db.transaction().execute(async (tx) => {
    await write(tx, { follower: 'a', event_id: 1 });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await store.db.selectFrom('follower_cursors').selectAll().execute()).toEqual([]);
});
