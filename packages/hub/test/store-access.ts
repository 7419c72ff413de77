import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type HubStore, openHubStore } from '../src/store/hub-store.ts';
import { TRANSACTION_LOCK } from '../src/store/postgres/locks.ts';
import { ask } from './postgres/ask.ts';
import { connectedTo } from './postgres/client.ts';
import { databaseOf, isOnPostgres } from './postgres/databases.ts';

type Value = string | number | null;

/** The store of a data folder by itself, on the engine that these tests run on. */
export const openTestStore = (dataDir: string): Promise<HubStore> =>
  openHubStore({ dataDir, databaseUrl: databaseOf(dataDir) });

/** What a command has to be told beside a data folder to find its store. */
export function databaseSetting(dataDir: string): Record<string, string> {
  const url = databaseOf(dataDir);
  return url === null ? {} : { HOMELABCMD_DATABASE_URL: url };
}

/** Rows as another process would read them: only what is committed. */
export function readRows<T>(dataDir: string, sql: string, values: readonly Value[] = []): T[] {
  const url = databaseOf(dataDir);
  if (url !== null) return ask(url, numbered(sql), values) as T[];
  using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'), { readOnly: true });
  return database
    .prepare(sql)
    .all(...values)
    .map((row) => ({ ...row })) as T[];
}

/** Changes a store that no hub of this process holds: on PostgreSQL, one that is writing would be waited for in vain. */
export function writeRows(dataDir: string, sql: string, values: readonly Value[] = []): void {
  const url = databaseOf(dataDir);
  if (url !== null) return void ask(url, numbered(sql), values);
  using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'));
  if (values.length === 0) database.exec(sql);
  else database.prepare(sql).run(...values);
}

/** Changes a store behind the back of its hub, between two of its transactions. */
export async function changeRows(dataDir: string, sql: string, values: readonly Value[] = []): Promise<void> {
  const url = databaseOf(dataDir);
  if (url === null) return writeRows(dataDir, sql, values);
  await using client = await connectedTo(url);
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${TRANSACTION_LOCK})`);
  await client.query(numbered(sql), [...values]);
  await client.query('COMMIT');
}

/** From now on each of these statements on this table fails, as on a disk that is full. */
export function writesFail(
  { dataDir }: { dataDir: string },
  statement: 'INSERT' | 'UPDATE',
  table: string,
): Promise<void> {
  const trigger = `CREATE TRIGGER full_disk BEFORE ${statement} ON ${table}`;
  return changeRows(
    dataDir,
    isOnPostgres()
      ? `CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
        ${trigger} FOR EACH ROW EXECUTE FUNCTION full_disk()`
      : `${trigger} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
  );
}

/** The end of `writesFail`. */
export const writesWork = ({ dataDir }: { dataDir: string }, table: string): Promise<void> =>
  dropTriggers(dataDir, table, 'full_disk');

export async function dropTriggers(dataDir: string, table: string, ...names: string[]): Promise<void> {
  const of = isOnPostgres() ? ` ON ${table}` : '';
  for (const name of names) await changeRows(dataDir, `DROP TRIGGER ${name}${of}`);
}

/** Each question mark as the number that PostgreSQL wants. */
function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll('?', () => `$${(n += 1)}`);
}
