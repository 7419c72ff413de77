import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { expect, test } from 'vitest';
import { HUB_VERSION } from '../../src/lib/version.ts';
import { lookAtStore, openForReading } from '../../src/store/hub-store.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openDatabase } from '../../src/store/postgres/open.ts';
import { findUnfit } from '../../src/store/postgres/requirements.ts';
import { homelabcmd } from '../command-fixture.ts';
import { API_KEY, disposableFolder, startTestHub } from '../hub-fixture.ts';
import { ask } from './ask.ts';
import { databaseOf, emptyDatabaseOf } from './databases.ts';
import { schemaOf } from './schema-of.ts';

const added: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`ALTER TABLE servers ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'`.execute(db);
  },
};
const failing: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`DROP TABLE action_steps`.execute(db);
    await sql`INSERT INTO nowhere VALUES (1)`.execute(db);
  },
};
const FIT = {
  version: 180_004,
  encoding: 'UTF8',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  is_standby: false,
};

/** The store of this folder, opened and closed. */
async function openOnce(url: string, known?: Record<string, Migration>): Promise<void> {
  await (await openDatabase(url, known))[Symbol.asyncDispose]();
}

test('the schema of a new store is the one that is kept in schema.sql', async () => {
  using folder = disposableFolder();
  const url = emptyDatabaseOf(folder.path);
  await openOnce(url);
  // After a change of the migrations: npm test -- --project postgres -u test/postgres/engine
  await expect(schemaOf(url)).toMatchFileSnapshot('../../src/store/postgres/schema.sql');
});

test('a database is made a store once, step by step or at once; what fails leaves it as it was', async () => {
  using folder = disposableFolder();
  using other = disposableFolder();
  const url = emptyDatabaseOf(folder.path);
  const { '0001-first': first, '0002-probes-metrics-keys': second } = migrations;
  if (!first || !second) throw new Error('no such migrations');
  await openOnce(url, { '0001-first': first, '0002-probes-metrics-keys': second });
  await openOnce(url);
  await openOnce(url);
  expect(schemaOf(url)).toBe(schemaOf(databaseOf(other.path) ?? ''));
  const before = schemaOf(url);
  await expect(
    openDatabase(url, { ...migrations, '0999-added': added, '1000-failing': failing }),
  ).rejects.toThrow(/^The migration 1000-failing failed, and the store was left as it was: .*nowhere/);
  expect(schemaOf(url)).toBe(before);
  await openOnce(url);
});

test('a store of a newer version, and a database of something else, are refused and left as they are', async () => {
  using folder = disposableFolder();
  const url = emptyDatabaseOf(folder.path);
  await openOnce(url, { ...migrations, '0999-added': added });
  ask(url, `COMMENT ON TABLE kysely_migration IS 'HomelabCmd 2.3.4'`);
  const before = schemaOf(url);
  await expect(openDatabase(url)).rejects.toThrow(
    /was written by version 2\.3\.4 of HomelabCmd, and this is .* \(0999-added\)\. It was left as it is\./,
  );
  expect(schemaOf(url)).toBe(before);
  const foreign = emptyDatabaseOf(folder.path);
  ask(foreign, 'CREATE TABLE recipes (name text)');
  await expect(openDatabase(foreign)).rejects.toThrow('it is a database of something else');
  expect(ask(foreign, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toHaveLength(1);
});

test('a store says which version wrote it last', async () => {
  using folder = disposableFolder();
  const place = { dataDir: folder.path, databaseUrl: databaseOf(folder.path) };
  expect(await lookAtStore(place)).toMatchObject({
    kind: 'store',
    facts: { writtenBy: HUB_VERSION, pending: [] },
  });
});

test.each([
  [{}, []],
  [{ synchronous_commit: 'remote_apply' }, []],
  [
    { synchronous_commit: 'off' },
    ['synchronous_commit is off: what is acknowledged could be lost. Set it on.'],
  ],
  [
    { synchronous_commit: 'local' },
    ['synchronous_commit is local: what is acknowledged could be lost. Set it on.'],
  ],
  [{ fsync: 'off' }, ['fsync is off: what is acknowledged could be lost. Set it on.']],
  [{ full_page_writes: 'off' }, ['full_page_writes is off: a power cut could damage the store. Set it on.']],
  [{ version: 160_009 }, ['PostgreSQL 16 is too old: use 17 or newer.']],
  [{ encoding: 'SQL_ASCII' }, ["The database is in SQL_ASCII: make one with ENCODING 'UTF8'."]],
  [{ is_standby: true }, ['It is a standby: name the primary.']],
])('a server with %j is judged', (change, sentences) => {
  expect(findUnfit({ ...FIT, ...change })).toEqual(sentences);
});

test('a hub does not start where commits are not on the disk, and stops writing when they are not any more', async () => {
  using folder = disposableFolder();
  const url = databaseOf(folder.path) ?? '';
  const name = url.replace(/.*\//, '');
  ask(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  await expect(openDatabase(url)).rejects.toThrow(/A store would not be safe .*synchronous_commit is off/);
  ask(url, `ALTER DATABASE ${name} RESET synchronous_commit`);
  const { db, ...store } = await openDatabase(url);
  const write = () => db.transaction().execute((tx) => tx.deleteFrom('sessions').execute());
  await write();
  ask(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  // New connections have it: those of before are ended.
  ask(
    url,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()
      AND pid <> pg_backend_pid() AND pid <> (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  );
  await expect
    .poll(() => write().then(String, (error: Error) => error.message))
    .toContain('synchronous_commit is off');
  await store[Symbol.asyncDispose]();
});

test('texts are compared by their bytes, and every letter has a small form, whatever the database’s language', async () => {
  using folder = disposableFolder();
  const url = databaseOf(folder.path) ?? '';
  const rows = ask(
    url,
    `INSERT INTO named_wishes VALUES ('É', 'a', '', '', ''), ('a', 'B', '', '', ''), ('B', 'c', '', '', '')
      RETURNING lower(key_id) AS small`,
  );
  expect(rows.map(({ small }) => small)).toEqual(['é', 'a', 'b']);
  expect(ask(url, 'SELECT key_id FROM named_wishes ORDER BY key_id').map(({ key_id }) => key_id)).toEqual([
    'B',
    'a',
    'É',
  ]);
});

test('whole numbers that JavaScript would change are not read as others; who must see them, sees them', async () => {
  using folder = disposableFolder();
  const url = databaseOf(folder.path) ?? '';
  ask(url, `UPDATE hub_counters SET last = 9007199254740993 WHERE name = 'action'`);
  await using store = await openDatabase(url);
  const counter = store.db.selectFrom('hub_counters').select('last').where('name', '=', 'action');
  await expect(counter.execute()).rejects.toThrow('a number too great: 9007199254740993');
  const exact = openForReading({ dataDir: folder.path, databaseUrl: url });
  expect((await exact.executeQuery(counter)).rows).toEqual([{ last: 9007199254740993n }]);
  await exact.destroy();
});

test('the commands work beside a hub on PostgreSQL, and say what to use where they do not', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const url = databaseOf(hub.dataDir) ?? '';
  const settings = { HOMELABCMD_DATA_DIR: hub.dataDir, HOMELABCMD_PORT: new URL(hub.url).port };
  const doctor = await homelabcmd(['doctor', '--json'], settings);
  expect(doctor.out).not.toContain(url);
  const { checks } = JSON.parse(doctor.out) as { checks: { name: string; state: string; detail: string }[] };
  expect(checks.find(({ name }) => name === 'Store')).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(/^PostgreSQL, hub_\w+ at \S+, schema \d{4}-\S+, 1 events so far$/),
  });
  expect(checks.find(({ name }) => name === 'Audit')?.detail).toBe('the chain is whole, 2 entries');
  expect((await homelabcmd(['audit', 'verify'], settings)).out).toContain('The chain is whole: 2 entries.');
  const status = await homelabcmd(['migrate', 'status'], settings);
  expect(status.out.trim().split('\n')).toHaveLength(Object.keys(migrations).length);
  expect((await homelabcmd(['migrate', 'run'], settings)).out).toContain('There is nothing to do');
  const backup = await homelabcmd(['backup'], settings);
  expect([backup.code, backup.err]).toEqual([
    1,
    expect.stringContaining('and not a file. Copy it with pg_dump'),
  ]);
  const restore = await homelabcmd(['restore', 'some.db'], settings);
  expect([restore.code, restore.err]).toEqual([
    1,
    expect.stringContaining('Put a dump back with pg_restore'),
  ]);
});

test('a database that cannot be reached is named, without its password, and the doctor says the same', async () => {
  using folder = disposableFolder();
  const settings = {
    HOMELABCMD_DATA_DIR: folder.path,
    HOMELABCMD_DATABASE_URL: 'postgres://me:a-password@127.0.0.1:1/homelabcmd',
    HOMELABCMD_API_KEY: API_KEY,
    HOMELABCMD_PORT: '0',
  };
  const served = await homelabcmd(['serve'], settings);
  expect(served.code).toBe(1);
  expect(served.err).toContain(
    'The hub cannot start: The database homelabcmd at 127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1. Check HOMELABCMD_DATABASE_URL',
  );
  expect(served.err).not.toContain('a-password');
  const doctor = await homelabcmd(['doctor'], settings);
  expect([doctor.code, doctor.out]).toEqual([1, expect.stringContaining('ECONNREFUSED 127.0.0.1:1')]);
  expect(doctor.out).not.toContain('a-password');
});
