import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { disposableFolder, startTestHub } from '../../../test/hub-fixture.ts';

const STORE = 'homelabcmd.db';

/** A data folder with a stopped store that has two servers, and a copy from when it had one. */
async function storeAndCopy() {
  const folder = disposableFolder();
  const dataDir = join(folder.path, 'data');
  const copy = join(folder.path, 'copy.db');
  await using hub = await startTestHub({ dataDir });
  await hub.addServer('nas');
  await homelabcmd(['backup', '--to', copy, '--data-dir', dataDir]);
  await hub.addServer('attic');
  const restore = (file = copy) => homelabcmd(['restore', file, '--data-dir', dataDir]);
  return { dataDir, copy, restore, path: folder.path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const serversOf = async (dataDir: string) => {
  await using hub = await startTestHub({ dataDir });
  return hub.rows<{ server_id: string }>('SELECT server_id FROM servers').map(({ server_id }) => server_id);
};

test('a copy takes the place of the store, and the old one is kept beside it', async () => {
  using it = await storeAndCopy();
  const { code, out } = await it.restore();
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Restored .*\nThe store is as it was at event 1 of .*Z\.\n.*\nThe hub will be frozen when it starts: .*\nStart the hub now\.\n$/,
  );
  const kept = /kept as (\S+);/.exec(out)?.[1] ?? '';
  expect(statSync(join(it.dataDir, STORE)).mode & 0o777).toBe(0o600);
  expect(await serversOf(it.dataDir)).toEqual(['nas']);
  expect((await it.restore(kept)).code).toBe(0);
  expect((await serversOf(it.dataDir)).sort()).toEqual(['attic', 'nas']);
});

test('a store that a killed hub left, with its log beside it, is kept whole', async () => {
  using it = await storeAndCopy();
  const crashed = join(it.path, 'crashed');
  {
    await using hub = await startTestHub({ dataDir: it.dataDir });
    await hub.addServer('garage');
    await homelabcmd(['backup', '--to', `${crashed}.db`, '--data-dir', it.dataDir]);
    for (const suffix of ['', '-wal']) copyFileSync(join(it.dataDir, STORE + suffix), crashed + suffix);
  }
  for (const suffix of ['', '-wal']) copyFileSync(crashed + suffix, join(it.dataDir, STORE + suffix));
  const kept = /kept as (\S+);/.exec((await it.restore()).out)?.[1] ?? '';
  expect(await serversOf(it.dataDir)).toEqual(['nas']);
  using database = new DatabaseSync(kept, { readOnly: true });
  expect(database.prepare('SELECT count(*) AS n FROM servers').get()).toEqual({ n: 3 });
});

test('while a hub runs it is refused, and nothing is moved', async () => {
  using it = await storeAndCopy();
  await using hub = await startTestHub({ dataDir: it.dataDir });
  const { code, err } = await it.restore();
  expect(code).toBe(1);
  expect(err).toContain(`Another hub is running on the data folder ${it.dataDir}. Stop it first`);
  expect((await hub.server('attic')).server_id).toBe('attic');
  expect(readdirSync(it.dataDir).filter((name) => name.includes('restor'))).toEqual([]);
});

test.each([
  [
    'is no store',
    (file: string) => writeFileSync(file, 'pictures '.repeat(100)),
    /is not a store of HomelabCmd \(file is not a database\)/,
  ],
  ['is empty', (file: string) => writeFileSync(file, ''), /There is no store in /],
  [
    'is cut short',
    (file: string) => truncateSync(file, statSync(file).size - 8192),
    /damaged|malformed|is not a store/,
  ],
  [
    'a newer version wrote',
    (file: string) => {
      using database = new DatabaseSync(file);
      database.exec(`INSERT INTO kysely_migration VALUES ('0999-colour', '2027-01-01')`);
      database.exec('PRAGMA user_version = 5000000');
    },
    /copy\.db was written by version 5\.0\.0 of HomelabCmd/,
  ],
])('a copy that %s is refused, and the store stays as it was', async (_, spoil, sentence) => {
  using it = await storeAndCopy();
  spoil(it.copy);
  const before = readFileSync(join(it.dataDir, STORE));
  const names = readdirSync(it.dataDir).sort();
  const { code, err } = await it.restore();
  expect(code).toBe(1);
  expect(err).toMatch(sentence);
  expect(readFileSync(join(it.dataDir, STORE))).toEqual(before);
  expect(readdirSync(it.dataDir).sort()).toEqual(names);
});

test('a file that is not there, and the store itself, are no copies', async () => {
  using it = await storeAndCopy();
  expect((await it.restore(join(it.path, 'none.db'))).err).toContain('There is no file ');
  expect((await it.restore(join(it.dataDir, STORE))).err).toContain(
    'is the store of this data folder itself',
  );
});
