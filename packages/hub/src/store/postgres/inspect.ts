import { Kysely, sql } from 'kysely';
import type { StoreFacts, StoreState } from '../inspect.ts';
import { makePool } from './connect.ts';
import { HubDialect } from './dialect.ts';

const OURS = ['kysely_migration', 'hub_counters', 'events'];

/** The comment of this table says which version has written the store; it goes wherever a dump goes. */
const SIGNED = 'kysely_migration';
const SIGNATURE = /^HomelabCmd (\d+\.\d+\.\d+)$/;

/** Looks at a database and changes nothing in it. @throws StoreUnavailable when it does not answer */
export async function inspectDatabase(url: string, known: readonly string[]): Promise<StoreState> {
  const db = new Kysely<unknown>({ dialect: new HubDialect({ pool: makePool(url) }) });
  try {
    return await stateOf(db, known);
  } finally {
    await db.destroy();
  }
}

async function stateOf(db: Kysely<unknown>, known: readonly string[]): Promise<StoreState> {
  const tables = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`.execute(db);
  const names = new Set(tables.rows.map(({ name }) => name));
  if (names.size === 0) return { kind: 'absent' };
  if (!OURS.every((name) => names.has(name)))
    return { kind: 'not_a_store', why: 'it is a database of something else' };
  const applied = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(db);
  return {
    kind: 'store',
    facts: await factsOf(
      db,
      applied.rows.map(({ name }) => name),
      known,
    ),
  };
}

async function factsOf(
  db: Kysely<unknown>,
  applied: readonly string[],
  known: readonly string[],
): Promise<StoreFacts> {
  const counter = await sql<{ last: number }>`SELECT last FROM hub_counters WHERE name = 'event'`.execute(db);
  const newest = await sql<{ at: string }>`SELECT at FROM events ORDER BY id DESC LIMIT 1`.execute(db);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
    writtenBy: await writerOf(db),
    newestEvent: counter.rows[0]?.last ?? 0,
    newestEventAt: newest.rows[0]?.at ?? null,
  };
}

async function writerOf(db: Kysely<unknown>): Promise<string | null> {
  const { rows } = await sql<{
    signature: string | null;
  }>`SELECT obj_description(${SIGNED}::regclass, 'pg_class') AS signature`.execute(db);
  return SIGNATURE.exec(rows[0]?.signature ?? '')?.[1] ?? null;
}

/** Notes the version that has written the store, if it is newer than the one that is noted. */
export async function signDatabase(
  db: Kysely<unknown>,
  version: string,
  isOlder: (noted: string | null) => boolean,
): Promise<void> {
  if (!isOlder(await writerOf(db))) return;
  await sql.raw(`COMMENT ON TABLE ${SIGNED} IS 'HomelabCmd ${version}'`).execute(db);
}
