import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Kysely } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../test/hub-fixture.ts';
import { EventLog } from '../events/log.ts';
import { openForReading } from '../store/hub-store.ts';
import { entryHash, genesisHash } from '../store/audit-hash.ts';
import { openStore, STORE_FILE } from '../store/open.ts';
import type { Schema } from '../store/schema.ts';
import { openSqlite, sqliteDialect } from '../store/sqlite.ts';
import { type ChainVerdict, verifyChain } from './verify.ts';

const RUNS = { numRuns: 25 };
const COLUMNS = [
  ...(['event_id', 'at', 'actor', 'verb', 'server_id', 'action_id', 'detail'] as const),
  ...(['encoding', 'prev_hash', 'hash'] as const),
];
type Row = { id: number } & Record<(typeof COLUMNS)[number], string | number | null>;

const text = fc.string({
  unit: fc.constantFrom('a', 'ä', '😀', '"', ',', ':', '\n', '-', '1'),
  maxLength: 8,
});
const notes = fc.array(
  fc.record({
    verb: fc.constantFrom('maintenance.begun', 'maintenance.ended', 'key.replaced', 'enrolment.made'),
    actor: text,
    serverId: fc.option(fc.constantFrom('nas', 'attic')),
    detail: fc.dictionary(text, text, { maxKeys: 3 }),
    hasEvent: fc.boolean(),
  }),
  { minLength: 3, maxLength: 12 },
);

const template = disposableFolder();
beforeAll(async () => {
  await (await openStore(template.path))[Symbol.asyncDispose]();
  return () => template[Symbol.dispose]();
});

type Notes = typeof notes extends fc.Arbitrary<infer T> ? T : never;

/** A chain as the hub writes it, and the file that an attacker has. */
async function chainOf(path: string, entries: Notes): Promise<void> {
  copyFileSync(join(template.path, STORE_FILE), join(path, STORE_FILE));
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(join(path, STORE_FILE))) });
  const log = await EventLog.open(db, new HeldClock());
  await log.transaction(async (open) => {
    for (const { hasEvent, ...note } of entries) {
      const head = { type: 'server.deleted', serverId: 'nas', actor: note.actor } as const;
      await (hasEvent ? open.append(head, async () => ({})) : open.audit(note));
    }
  });
  await db.destroy();
}

/** Does something to the file as one can who has it: no trigger and no index is in the way. */
function tamper(path: string, act: (database: DatabaseSync, rows: Row[]) => void): void {
  using database = new DatabaseSync(join(path, STORE_FILE));
  for (const { type, name } of database
    .prepare(
      `SELECT type, name FROM sqlite_schema WHERE tbl_name LIKE 'audit%' AND type <> 'table' AND sql IS NOT NULL`,
    )
    .all())
    database.exec(`DROP ${String(type)} ${String(name)}`);
  act(database, database.prepare('SELECT * FROM audit_entries ORDER BY id').all() as Row[]);
}

async function verdictOf(path: string, wanted?: ReadonlySet<number>): Promise<ChainVerdict> {
  const db = openForReading({ dataDir: path, databaseUrl: null });
  try {
    return await verifyChain(db, wanted);
  } finally {
    await db.destroy();
  }
}

const insert = (database: DatabaseSync, row: Row) =>
  database
    .prepare(`INSERT INTO audit_entries (id, ${COLUMNS.join()}) VALUES (?${', ?'.repeat(COLUMNS.length)})`)
    .run(row.id, ...COLUMNS.map((column) => row[column]));

const at = (rows: Row[], n: number): Row => {
  const row = rows[n % rows.length];
  if (!row) throw new Error('no rows');
  return row;
};

const choice = fc.record({
  n: fc.nat(),
  m: fc.nat(),
  column: fc.constantFrom(...COLUMNS),
  value: fc.constantFrom<string | number>('x', 7, -1, 2 ** 60, 0.5),
  flag: fc.boolean(),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

/** Does something to a chain. @returns the entry that has to be named, or `null` where there is nothing to find */
type Tampering = (database: DatabaseSync, rows: Row[], chosen: Choice) => number | null;

const edit: Tampering = (database, rows, { n, column, value }) => {
  const { id } = at(rows, n);
  const same = database
    .prepare(`SELECT ${column} IS ? AS same FROM audit_entries WHERE id = ?`)
    .get(value, id);
  // A value that another entry must be alone in having is not taken, and nothing has changed.
  const { changes } = database
    .prepare(`UPDATE OR IGNORE audit_entries SET ${column} = ? WHERE id = ?`)
    .run(value, id);
  return same?.['same'] === 1 || changes === 0 ? null : id;
};

/** With `flag`, those after it are numbered anew. */
const remove: Tampering = (database, rows, { n, flag }) => {
  const { id } = at(rows, n);
  database.prepare('DELETE FROM audit_entries WHERE id = ?').run(id);
  const renumber = database.prepare('UPDATE audit_entries SET id = ? WHERE id = ?');
  if (flag) for (let after = id + 1; after <= rows.length; after += 1) renumber.run(after - 1, after);
  return id === rows.length ? null : id;
};

const swap: Tampering = (database, rows, { n, m }) => {
  const [one, other] = [at(rows, n), at(rows, m)];
  database.exec(`DELETE FROM audit_entries WHERE id IN (${one.id}, ${other.id})`);
  insert(database, { ...one, id: other.id });
  if (one !== other) insert(database, { ...other, id: one.id });
  return one === other ? null : one.id;
};

/** With `flag`, what is put in fits the entry before it. */
const putBetween: Tampering = (database, rows, { n, flag }) => {
  const { id, ...copied } = at(rows, n);
  const renumber = database.prepare('UPDATE audit_entries SET id = ? WHERE id = ?');
  for (let after = rows.length; after >= id; after -= 1) renumber.run(after + 1, after);
  const content = { ...copied, event_id: null, actor: 'somebody', id };
  insert(database, { ...content, hash: flag ? entryHash(content) : copied.hash });
  return flag ? id + 1 : id;
};

const changeIdentity: Tampering = (database, _rows, { flag }) => {
  database.exec(flag ? 'DELETE FROM audit_chain' : `UPDATE audit_chain SET chain_id = 'another'`);
  return flag ? 0 : 1;
};

test.each<[string, Tampering]>([
  ['an entry of which any column was changed is named', edit],
  [
    'an entry that was taken away is named, but for the last, of which the chain itself knows nothing',
    remove,
  ],
  ['two entries that changed places are named', swap],
  ['an entry that was put between others is found', putBetween],
  ['another identity of the chain is found, and so is one that is missing', changeIdentity],
])('%s', (_, act) =>
  fc.assert(
    fc.asyncProperty(notes, choice, async (entries, chosen) => {
      using folder = disposableFolder();
      await chainOf(folder.path, entries);
      expect(await verdictOf(folder.path)).toMatchObject({ entries: entries.length, faultCount: 0 });
      let named: number | null = null;
      tamper(folder.path, (database, rows) => {
        named = act(database, rows, chosen);
      });
      const { faults, faultCount } = await verdictOf(folder.path);
      expect(faultCount > 0).toBe(named !== null);
      if (named !== null) expect(faults.map(({ entry }) => entry)).toContain(named);
      for (const { sentence } of faults) expect(sentence).toMatch(/^[A-Z].*\.$/s);
    }),
    RUNS,
  ),
);

test('numbers that the hub never gives, below the first or between two, are named as inserted', async () => {
  using folder = disposableFolder();
  const note = { verb: 'key.replaced', actor: 'hub', serverId: null, detail: {}, hasEvent: false } as const;
  await chainOf(folder.path, [note, note]);
  tamper(folder.path, (database, rows) => {
    for (const id of [-1, 1.5, 2 ** 60]) insert(database, { ...at(rows, 0), id, event_id: null });
  });
  const { faults } = await verdictOf(folder.path);
  expect(faults.map(({ kind, entry }) => [kind, entry])).toEqual([
    ['inserted', -1],
    ['inserted', 1.5],
    ['inserted', 2 ** 60],
  ]);
});

test('a rewrite with every hash made anew is not found by the chain itself, but no hash after it is as it was', () =>
  fc.assert(
    fc.asyncProperty(notes, fc.nat(), async (entries, n) => {
      using folder = disposableFolder();
      await chainOf(folder.path, entries);
      const all = new Set(entries.map((_, index) => index + 1));
      const before = await verdictOf(folder.path, all);
      let from = 0;
      tamper(folder.path, (database, rows) => {
        from = at(rows, n).id;
        rewrite(database, rows, from);
      });
      const after = await verdictOf(folder.path, all);
      expect(after.faults).toEqual([]);
      for (const id of all)
        expect([id, after.hashes.get(id) === before.hashes.get(id)]).toEqual([id, id < from]);
    }),
    RUNS,
  ));

/** Puts other words into one entry's mouth, and makes every hash after it anew. */
function rewrite(database: DatabaseSync, rows: Row[], from: number): void {
  const chain = database.prepare('SELECT chain_id FROM audit_chain').get();
  let prevHash = genesisHash(String(chain?.['chain_id']));
  for (const row of rows) {
    const content = { ...row, actor: row.id === from ? 'somebody else' : row.actor, prev_hash: prevHash };
    prevHash = entryHash(content);
    database
      .prepare('UPDATE audit_entries SET actor = ?, prev_hash = ?, hash = ? WHERE id = ?')
      .run(content.actor, content.prev_hash, prevHash, row.id);
  }
}

test('a chain without entries is whole, and its head is what binds it to its store', async () => {
  using folder = disposableFolder();
  await chainOf(folder.path, []);
  const { entries, faults, head, hashes } = await verdictOf(folder.path);
  expect([entries, faults, head.entry]).toEqual([0, [], 0]);
  expect(hashes.get(0)).toBe(head.hash);
});

test('the encoding is the one that docs/audit.md describes', () => {
  expect(genesisHash('00ff')).toBe('84fbda6eee48e8f2826684236b972140acc4ac4ecac9eb6ebef420fa8706c326');
  const entry = {
    ...{ encoding: 1, prev_hash: 'aa', id: 2, event_id: null, at: '2026-01-01T00:00:00.000Z', actor: 'Jörg' },
    ...{ verb: 'key.replaced', server_id: '', action_id: 7, detail: '{"by":"x"}' },
  };
  expect(entryHash(entry)).toBe('324b35b7adaf3c49d692fa756befa99f2ec021632e04fc2a55b12337fb423f64');
});
