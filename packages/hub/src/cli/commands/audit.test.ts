import { expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { disposableFolder, startTestHub } from '../../../test/hub-fixture.ts';
import { dropTriggers, writeRows } from '../../../test/store-access.ts';

/** A stopped store with five entries, and the commands upon it. */
async function storeOfFive() {
  const folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path });
  for (const id of ['nas', 'attic', 'media', 'garage']) await hub.addServer(id);
  const environment = { HOMELABCMD_DATA_DIR: folder.path };
  return {
    path: folder.path,
    run: (...words: string[]) => homelabcmd(words, environment),
    async tamper(...statements: string[]) {
      await dropTriggers(folder.path, 'audit_chain', 'audit_chain_stay');
      for (const name of ['stay', 'are_kept', 'follow'])
        await dropTriggers(folder.path, 'audit_entries', `audit_entries_${name}`);
      for (const statement of statements) writeRows(folder.path, statement);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

test('a whole chain is said to be whole, with its head, and the doctor says so too', async () => {
  using store = await storeOfFive();
  const head = await store.run('audit', 'head');
  expect(head.out).toMatch(/^5:[0-9a-f]{64}\n$/);
  expect(await store.run('audit', 'verify')).toMatchObject({
    code: 0,
    out: `The chain is whole: 5 entries. Its head is ${head.out}`,
  });
  expect((await store.run('doctor')).out).toContain('ok    Audit        the chain is whole, 5 entries');
});

test.each([
  [
    `UPDATE audit_entries SET actor = 'nobody' WHERE id = 3`,
    'The chain is broken in 1 place:\n  Entry 3 was edited: its hash is not that of its content.\n',
  ],
  [
    'DELETE FROM audit_entries WHERE id = 3',
    'The chain is broken in 1 place:\n  Entry 3 is missing: somebody deleted or moved what stood there.\n',
  ],
  [
    'DELETE FROM audit_entries WHERE id < 3',
    'The chain is broken in 1 place:\n  Entries 1 to 2 are missing: somebody deleted or moved what stood there.\n',
  ],
])('after %s the entry is named, and the exit code is 1', async (statement, said) => {
  using store = await storeOfFive();
  await store.tamper(statement);
  expect(await store.run('audit', 'verify')).toMatchObject({ code: 1, out: said });
  const doctor = await store.run('doctor');
  expect([doctor.code, doctor.out]).toEqual([1, expect.stringContaining(said.split('\n')[1]?.trim() ?? '')]);
});

test('two entries that changed places are said to be out of their places', async () => {
  using store = await storeOfFive();
  await store.tamper(
    'UPDATE audit_entries SET id = 99 WHERE id = 2',
    'UPDATE audit_entries SET id = 2 WHERE id = 4',
    'UPDATE audit_entries SET id = 4 WHERE id = 99',
  );
  const { code, out } = await store.run('audit', 'verify');
  expect(code).toBe(1);
  expect(out).toContain('Entry 2 is out of its place: it was written as entry 4.');
  expect(out).toContain('Entry 4 is out of its place: it was written as entry 2.');
});

test('a changed beginning is told', async () => {
  using store = await storeOfFive();
  await store.tamper(`UPDATE audit_chain SET chain_id = 'mine'`);
  expect((await store.run('audit', 'verify')).out).toContain('The beginning was changed: entry 1');
});

test.each([
  [['audit', 'check'], 2, 'Say verify or head, not "check".'],
  [['audit'], 2, 'verify|head is missing.'],
  [['audit', 'verify', '--head', '5'], 2, '--head takes what homelabcmd audit head has printed'],
  [['audit', 'verify', '--against-agents'], 1, 'Set HOMELABCMD_API_KEY, or name a file'],
])('homelabcmd %j says what is missing', async (words, expected, sentence) => {
  using store = await storeOfFive();
  const { code, err } = await store.run(...words);
  expect([code, err]).toEqual([expected, expect.stringContaining(sentence)]);
});

test('where no hub answers, that is said, and the store is left alone', async () => {
  using store = await storeOfFive();
  const ran = await homelabcmd(['audit', 'verify', '--against-agents'], {
    HOMELABCMD_DATA_DIR: store.path,
    HOMELABCMD_API_KEY: 'x'.repeat(40),
    HOMELABCMD_PORT: '1',
  });
  expect([ran.code, ran.err]).toEqual([
    1,
    expect.stringContaining('It has to run for its agents to be asked'),
  ]);
});
