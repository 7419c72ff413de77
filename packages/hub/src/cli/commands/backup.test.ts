import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { disposableFolder, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';

const modeOf = (file: string) => statSync(file).mode & 0o777;
const serversIn = (file: string) => {
  using database = new DatabaseSync(file, { readOnly: true });
  return database
    .prepare('SELECT server_id FROM servers')
    .all()
    .map(({ server_id }) => server_id);
};

async function hubWithServer(): Promise<TestHub> {
  const hub = await startTestHub();
  await hub.addServer('nas');
  return hub;
}

test('a copy is made while the hub runs, into backups/, for its owner alone, and it is one file', async () => {
  await using hub = await hubWithServer();
  const ran = await homelabcmd(['backup', '--data-dir', hub.dataDir]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  const file = /^Copied the store to (\S+)\nIt holds everything up to event 1 of \S+Z, \d+ bytes\.\n$/.exec(
    ran.out,
  )?.[1];
  expect(readdirSync(join(hub.dataDir, 'backups'))).toEqual([file?.split('/').at(-1)]);
  expect(modeOf(file ?? '')).toBe(0o600);
  expect(modeOf(join(hub.dataDir, 'backups'))).toBe(0o700);
  expect(serversIn(file ?? '')).toEqual(['nas']);
});

test('a file is not replaced without --force, and with it only by a whole one', async () => {
  await using hub = await hubWithServer();
  using folder = disposableFolder();
  const file = join(folder.path, 'mine.db');
  writeFileSync(file, 'precious');
  const refused = await homelabcmd(['backup', '--to', file, '--data-dir', hub.dataDir]);
  expect(refused.code).toBe(1);
  expect(refused.err.trim()).toBe(
    `${file} exists already, and nothing was written. Name another file, or add --force.`,
  );
  expect(readFileSync(file, 'utf8')).toBe('precious');
  expect((await homelabcmd(['backup', '--to', file, '--force', '--data-dir', hub.dataDir])).code).toBe(0);
  expect(serversIn(file)).toEqual(['nas']);
  expect(readdirSync(folder.path)).toEqual(['mine.db']);
});

test('into a folder it goes with the time in its name; into no folder it does not go', async () => {
  await using hub = await hubWithServer();
  using folder = disposableFolder();
  await homelabcmd(['backup', '--to', folder.path, '--data-dir', hub.dataDir]);
  expect(readdirSync(folder.path)).toEqual([
    expect.stringMatching(/^homelabcmd-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/),
  ]);
  const lost = join(folder.path, 'none/x.db');
  const { code, err } = await homelabcmd(['backup', '--to', lost, '--data-dir', hub.dataDir]);
  expect([code, err.trim()]).toEqual([1, `There is no folder ${join(folder.path, 'none')}.`]);
});

test('on standard output there is the copy and nothing else, and nothing stays behind', async () => {
  await using hub = await hubWithServer();
  using folder = disposableFolder();
  const before = readdirSync(hub.dataDir).sort();
  const ran = await homelabcmd(['backup', '--to', '-', '--data-dir', hub.dataDir]);
  expect(ran.err).toMatch(/^The copy holds everything up to event 1 of /);
  writeFileSync(join(folder.path, 'sent.db'), ran.bytes);
  expect(serversIn(join(folder.path, 'sent.db'))).toEqual(['nas']);
  expect(readdirSync(hub.dataDir).sort()).toEqual(before);
});

test('a damaged store is not copied, and says so', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
  }
  const file = join(folder.path, 'homelabcmd.db');
  {
    using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    database.exec(`INSERT INTO enrolment_tokens VALUES ('d', 'nobody', 'now', 'later')`);
  }
  const { code, err } = await homelabcmd(['backup'], { HOMELABCMD_DATA_DIR: folder.path });
  expect(code).toBe(1);
  expect(err).toContain(`The store ${file} is damaged: a row of enrolment_tokens names no row of servers.`);
  expect(readdirSync(join(folder.path, 'backups'))).toEqual([]);
});

test('where there is no store, none is made, and the way to the right folder is said', async () => {
  using folder = disposableFolder();
  const { code, err } = await homelabcmd(['backup', '--data-dir', folder.path]);
  expect(code).toBe(1);
  expect(err).toMatch(/There is no store in the data folder \S+\. Name the right folder with --data-dir/);
  expect(readdirSync(folder.path)).toEqual([]);
});

test('what root makes in a data folder belongs to whom the folder belongs to', async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root can give files away');
  using folder = disposableFolder();
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir);
  await (await startTestHub({ dataDir })).stop();
  chownSync(dataDir, 65_534, 65_534);
  chmodSync(dataDir, 0o700);
  await homelabcmd(['backup', '--data-dir', dataDir]);
  const [copy = ''] = readdirSync(join(dataDir, 'backups'));
  await homelabcmd(['restore', join(dataDir, 'backups', copy), '--data-dir', dataDir]);
  for (const name of ['backups', `backups/${copy}`, 'homelabcmd.db', 'hub.lock'])
    expect([name, statSync(join(dataDir, name)).uid]).toEqual([name, 65_534]);
});
