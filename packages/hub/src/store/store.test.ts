import { copyFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { expect, test } from 'vitest';
import { connectAgent, report } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub } from '../../test/hub-fixture.ts';
import { HUB_VERSION, versionNumber } from '../lib/version.ts';
import { isDataDirHeld, lockDataDir } from './lock.ts';
import { migrations } from './migrations/index.ts';
import { openStore } from './open.ts';

const FILE = 'homelabcmd.db';

/** What a person would lose: every row of every table that is ours, and the schema. */
function contentOf(file: string): unknown {
  using database = new DatabaseSync(file, { readOnly: true });
  const schema = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  const tables = schema.filter(({ type, name }) => type === 'table' && !String(name).startsWith('sqlite_'));
  return [schema, ...tables.map(({ name }) => database.prepare(`SELECT * FROM "${String(name)}"`).all())];
}

/** A store with a bit of everything in it. */
async function fill(dataDir: string): Promise<void> {
  await using hub = await startTestHub({ dataDir });
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  agent.reports([report('plex.service')]);
  await hub.orderRestart('nas', 'plex');
  await agent.frame('result_ack');
  await hub.restart('nas', 'sonarr');
}

/** The files of a folder that this process has open. */
function openFilesIn(folder: string): string[] {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(join('/proc/self/fd', fd));
    } catch {
      return '';
    }
  });
  return links.filter((link) => link.startsWith(folder));
}

const added: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`ALTER TABLE servers ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'`.execute(db);
    await sql`UPDATE servers SET colour = 'blue'`.execute(db);
  },
};

const failing: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`DROP TABLE action_steps`.execute(db);
    await sql`DELETE FROM actions`.execute(db);
    await sql`CREATE TABLE half_done (id INTEGER)`.execute(db);
    await sql`INSERT INTO nowhere VALUES (1)`.execute(db);
  },
};

test('a new store has the whole schema and makes no backup; opened again, it changes nothing', async () => {
  using folder = disposableFolder();
  {
    await using store = await openStore(folder.path);
    expect(store.backupFile).toBeNull();
    expect((await sql`PRAGMA journal_mode`.execute(store.db)).rows).toEqual([{ journal_mode: 'wal' }]);
    expect((await sql`PRAGMA synchronous`.execute(store.db)).rows).toEqual([{ synchronous: 2 }]);
    expect((await sql`PRAGMA foreign_keys`.execute(store.db)).rows).toEqual([{ foreign_keys: 1 }]);
    expect((await sql`PRAGMA trusted_schema`.execute(store.db)).rows).toEqual([{ trusted_schema: 0 }]);
    expect((await sql`PRAGMA integrity_check`.execute(store.db)).rows).toEqual([{ integrity_check: 'ok' }]);
  }
  expect(readdirSync(folder.path)).toEqual([FILE]);
  const before = contentOf(join(folder.path, FILE));
  {
    await using store = await openStore(folder.path);
    expect(store.backupFile).toBeNull();
  }
  expect(contentOf(join(folder.path, FILE))).toEqual(before);
});

test('foreign keys hold: nothing can be said of a server that is not there', async () => {
  using folder = disposableFolder();
  await using store = await openStore(folder.path);
  await expect(
    sql`INSERT INTO enrolment_tokens VALUES ('d', 'nobody', 'now', 'later')`.execute(store.db),
  ).rejects.toThrow('FOREIGN KEY');
});

test('a migration forwards keeps the data, and a backup with the old data is made first', async () => {
  using folder = disposableFolder();
  await fill(folder.path);
  const before = contentOf(join(folder.path, FILE));
  {
    await using store = await openStore(folder.path, { ...migrations, '0999-colour': added });
    expect((await sql`SELECT server_id, colour FROM servers`.execute(store.db)).rows).toEqual([
      { server_id: 'nas', colour: 'blue' },
    ]);
    expect(store.backupFile).toMatch(/homelabcmd\.db\.before-migration-/);
    expect(contentOf(store.backupFile ?? '')).toEqual(before);
  }
  {
    await using again = await openStore(folder.path, { ...migrations, '0999-colour': added });
    expect(again.backupFile).toBeNull();
  }
  // The backup is a store that a hub of the old version starts on.
  using old = disposableFolder();
  const [backup = ''] = readdirSync(folder.path).filter((name) => name.includes('before-migration'));
  writeFileSync(join(old.path, FILE), readFileSync(join(folder.path, backup)));
  await using hub = await startTestHub({ dataDir: old.path });
  expect([(await hub.action(1)).status, (await hub.action(2)).status]).toEqual(['completed', 'pending']);
});

test('a migration that fails leaves the store as it was, and the old hub starts on it', async () => {
  using folder = disposableFolder();
  await fill(folder.path);
  const before = contentOf(join(folder.path, FILE));
  const all = { ...migrations, '0999-colour': added, '1000-failing': failing };
  await expect(openStore(folder.path, all)).rejects.toThrow(
    /^The migration 1000-failing failed, and the store was left as it was: .*nowhere/,
  );
  expect(contentOf(join(folder.path, FILE))).toEqual(before);
  await using hub = await startTestHub({ dataDir: folder.path });
  expect((await hub.action(1)).steps).toHaveLength(5);
  expect((await hub.restart('nas', 'radarr')).status).toBe(201);
});

test('a store of a newer version is not touched by an older hub, which says what to do', async () => {
  using folder = disposableFolder();
  const file = join(folder.path, FILE);
  await (await openStore(folder.path))[Symbol.asyncDispose]();
  await (await openStore(folder.path, { ...migrations, '0999-colour': added }))[Symbol.asyncDispose]();
  {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 2003004');
  }
  const before = contentOf(file);
  const [copy = ''] = readdirSync(folder.path).filter((name) => name.includes('before-migration'));
  await expect(openStore(folder.path)).rejects.toThrow(
    `The store ${file} was written by version 2.3.4 of HomelabCmd, and this is ${HUB_VERSION}, which does not know what was changed in it (0999-colour). ` +
      `It was left as it is. Install version 2.3.4 or newer, or go back to the copy that was made before the upgrade: homelabcmd restore ${join(folder.path, copy)}.`,
  );
  expect(contentOf(file)).toEqual(before);
});

test('a store says what it is and which version wrote it last; an older version does not lower that', async () => {
  using folder = disposableFolder();
  const file = join(folder.path, FILE);
  const head = () => {
    using database = new DatabaseSync(file, { readOnly: true });
    return ['application_id', 'user_version'].map((name) =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {}),
    );
  };
  await (await openStore(folder.path))[Symbol.asyncDispose]();
  expect(head()).toEqual([[0x484c4344], [versionNumber(HUB_VERSION)]]);
  {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99000000');
  }
  await (await openStore(folder.path))[Symbol.asyncDispose]();
  expect(head()).toEqual([[0x484c4344], [99_000_000]]);
});

test('a SQLite database of something else is refused, and left as it is', async () => {
  using folder = disposableFolder();
  const file = join(folder.path, FILE);
  {
    using database = new DatabaseSync(file);
    database.exec('CREATE TABLE recipes (name TEXT); CREATE TABLE events (id INTEGER)');
  }
  const before = readFileSync(file);
  await expect(openStore(folder.path)).rejects.toThrow('it is a SQLite database of something else');
  expect(readFileSync(file)).toEqual(before);
});

test('a file that is no store is refused, and left as it is', async () => {
  using folder = disposableFolder();
  writeFileSync(
    join(folder.path, FILE),
    'my holiday pictures, and more than a hundred bytes of them'.repeat(20),
  );
  await expect(openStore(folder.path)).rejects.toThrow(/not a database/);
  expect(readFileSync(join(folder.path, FILE), 'utf8')).toMatch(/^my holiday pictures/);
});

test('a folder is one hub’s at a time', async () => {
  using folder = disposableFolder();
  {
    expect(isDataDirHeld(folder.path)).toBe(false);
    using _held = lockDataDir(folder.path);
    expect(isDataDirHeld(folder.path)).toBe(true);
    expect(() => lockDataDir(folder.path)).toThrow(
      `Another hub is running on the data folder ${folder.path}. Stop it first, or set HOMELABCMD_DATA_DIR.`,
    );
  }
  expect(isDataDirHeld(folder.path)).toBe(false);
  lockDataDir(folder.path)[Symbol.dispose]();
});

test('a data folder that is a file is said to be of no use', () => {
  using folder = disposableFolder();
  writeFileSync(join(folder.path, 'file'), '');
  expect(() => lockDataDir(join(folder.path, 'file', 'data'))).toThrow(/cannot be used \(ENOTDIR\)/);
});

test('a hub that cannot start leaves nothing open: the next one starts', async () => {
  using folder = disposableFolder();
  writeFileSync(join(folder.path, FILE), 'no store'.repeat(100));
  await expect(startTestHub({ dataDir: folder.path })).rejects.toThrow(/not a database/);
  expect(openFilesIn(folder.path)).toEqual([]);
  writeFileSync(join(folder.path, FILE), '');
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
  }
  expect(openFilesIn(folder.path)).toEqual([]);
});

test('a first start that was cut short before there was a schema is simply begun anew', async () => {
  using folder = disposableFolder();
  // What is then on the disk: the tables in which the migrations are noted, and nothing else.
  const cutShort = await openStore(folder.path, {});
  await cutShort[Symbol.asyncDispose]();
  await using store = await openStore(folder.path);
  expect(store.backupFile).toBeNull();
  expect(await store.db.selectFrom('servers').selectAll().execute()).toEqual([]);
});

/** Writes into a store whose changes are noted beside it, and loses the power in the middle. */
function cutOffIn(folder: string, target: string): void {
  using database = new DatabaseSync(join(folder, FILE));
  // So small a cache has to write before the end.
  database.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; CREATE TABLE half_done (text TEXT)',
  );
  for (let row = 0; row < 100; row += 1)
    database.prepare('INSERT INTO half_done VALUES (?)').run('x'.repeat(4000));
  for (const name of [FILE, `${FILE}-journal`]) copyFileSync(join(folder, name), join(target, name));
  database.exec('ROLLBACK');
}

test('a first start that lost its power in the middle of its first change is begun anew', async () => {
  using folder = disposableFolder();
  using cut = disposableFolder();
  cutOffIn(folder.path, cut.path);
  await using store = await openStore(cut.path);
  expect(await store.db.selectFrom('servers').selectAll().execute()).toEqual([]);
});

test('a store that lost its power in the middle of a change is as it was before that', async () => {
  using folder = disposableFolder();
  using cut = disposableFolder();
  await fill(folder.path);
  const before = contentOf(join(folder.path, FILE));
  cutOffIn(folder.path, cut.path);
  await (await openStore(cut.path))[Symbol.asyncDispose]();
  expect(contentOf(join(cut.path, FILE))).toEqual(before);
});
