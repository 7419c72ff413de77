import { expect, test } from 'vitest';
import { openHubStore } from '../../src/store/hub-store.ts';
import { HUB_LOCK, SELECT_HOLDER } from '../../src/store/postgres/locks.ts';
import { disposableFolder, startTestHub } from '../hub-fixture.ts';
import { ask } from './ask.ts';
import { connectedTo } from './client.ts';
import { databaseOf } from './databases.ts';

const holderOf = (url: string): number => Number(ask(url, SELECT_HOLDER)[0]?.['pid'] ?? 0);

test('a database is one hub’s at a time, also when their data folders differ', async () => {
  using folder = disposableFolder();
  using elsewhere = disposableFolder();
  const databaseUrl = databaseOf(folder.path);
  {
    await using _hub = await startTestHub({ dataDir: folder.path });
    await expect(openHubStore({ dataDir: elsewhere.path, databaseUrl })).rejects.toThrow(
      /^Another hub is running on the database hub_\w+ at \/.*Stop it first, or set HOMELABCMD_DATABASE_URL\.$/,
    );
  }
  await (await openHubStore({ dataDir: elsewhere.path, databaseUrl }))[Symbol.asyncDispose]();
});

test('a hub that lost its connection takes the database again, also when the server holds on to the old one', async () => {
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path });
  const url = databaseOf(folder.path) ?? '';
  const before = holderOf(url);
  ask(url, 'SELECT pg_terminate_backend($1)', [before]);
  await expect.poll(() => holderOf(url)).not.toBe(0);
  expect(holderOf(url)).not.toBe(before);
  await expect.poll(async () => (await hub.call('POST', '/servers', { server_id: 'nas' })).status).toBe(201);
});

test('when another takes the database, the first hub writes nothing more, and says that it has to end', async () => {
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path });
  await hub.addServer('nas');
  const url = databaseOf(folder.path) ?? '';
  await using other = await connectedTo(url);
  // It waits for the lock, and so has it the moment that the hub has not.
  const taken = other.query(`SELECT pg_advisory_lock(${HUB_LOCK})`);
  const isWaiting = () =>
    ask(url, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 1`).length > 0;
  await expect.poll(isWaiting).toBe(true);
  ask(url, 'SELECT pg_terminate_backend($1)', [holderOf(url)]);
  await taken;
  const refused = await hub.call('POST', '/servers', { server_id: 'attic' });
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
  expect((await hub.hub.ended).message).toMatch(/^Another hub is running on the database/);
  expect((await hub.call('POST', '/servers', { server_id: 'attic' })).status).toBe(503);
  expect(hub.rows('SELECT server_id FROM servers')).toEqual([{ server_id: 'nas' }]);
});

test('a hub that believes that it has the lock, and has not, is told so by each transaction', async () => {
  using folder = disposableFolder();
  await using store = await openHubStore({ dataDir: folder.path, databaseUrl: databaseOf(folder.path) });
  const url = databaseOf(folder.path) ?? '';
  await using other = await connectedTo(url);
  const taken = other.query(`SELECT pg_advisory_lock(${HUB_LOCK})`);
  // The server ends the connection, and this thread has no chance to hear of it before it asks.
  ask(url, 'SELECT pg_terminate_backend($1, 5000)', [holderOf(url)]);
  const writing = store.db.transaction().execute(async (tx) => {
    await tx.updateTable('hub_counters').set({ last: 99 }).where('name', '=', 'action').execute();
  });
  await expect(writing).rejects.toThrow(/does not hold its database|is being made again/);
  await taken;
  expect(ask(url, `SELECT last FROM hub_counters WHERE name = 'action'`)).toEqual([{ last: 0 }]);
});
