import {
  CompiledQuery,
  type DatabaseConnection,
  HandleEmptyInListsPlugin,
  Kysely,
  replaceWithNoncontingentExpression,
} from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { HUB_VERSION, versionNumber } from '../../lib/version.ts';
import { StoreUnavailable } from '../faults.ts';
import type { StoreFacts } from '../inspect.ts';
import { migrations as allMigrations } from '../migrations/index.ts';
import type { Schema, Store } from '../schema.ts';
import { type Integers, makePool, makeSinglePool, placeOf } from './connect.ts';
import { HubDialect } from './dialect.ts';
import { inspectDatabase, signDatabase } from './inspect.ts';
import { HubLease } from './lease.ts';
import { SELECT_HOLDER } from './locks.ts';
import { translateOutage } from './outage.ts';
import { isSafeCommit, unsafeCommit } from './requirements.ts';

export interface OpenedDatabase extends AsyncDisposable {
  readonly db: Store;
  readonly lease: HubLease;
}

/**
 * Takes a database for this hub and brings its schema up to date. All pending migrations are one transaction: when one
 * fails, the store is as it was, and this throws.
 */
export async function openDatabase(
  url: string,
  migrations: Record<string, Migration> = allMigrations,
): Promise<OpenedDatabase> {
  await using stack = new AsyncDisposableStack();
  const lease = stack.use(await HubLease.take(url));
  const facts = await refuseUnusableDatabase(url, Object.keys(migrations));
  if (facts === null || facts.pending.length > 0 || isOlder(facts.writtenBy)) await migrate(url, migrations);
  const dialect = new HubDialect({ pool: makePool(url), admit: (connection) => admit(connection, lease) });
  const db = storeOf(dialect);
  stack.defer(() => db.destroy());
  const opened = stack.move();
  return { db, lease, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A store beside the hub that may be running: for commands. Nothing is migrated. */
export function openBeside(url: string, integers: Integers = 'numbers'): Store {
  return storeOf(new HubDialect({ pool: makePool(url, integers) }));
}

/** Nothing is in an empty list: PostgreSQL has no word for one. */
const storeOf = (dialect: HubDialect): Store =>
  new Kysely<Schema>({
    dialect,
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  });

/** The database is ours for as long as this transaction holds its lock: whoever takes the lease waits for it to write. */
async function admit(connection: DatabaseConnection, lease: HubLease): Promise<void> {
  const { holder } = lease;
  const { rows } = await connection.executeQuery<{ holder: number | null; synchronous_commit: string }>(
    CompiledQuery.raw(
      `SELECT (${SELECT_HOLDER}) AS holder, current_setting('synchronous_commit') AS synchronous_commit`,
    ),
  );
  const [found] = rows;
  if (found?.holder !== holder)
    throw new StoreUnavailable('This hub does not hold its database at this moment, and writes nothing.');
  if (!isSafeCommit(found.synchronous_commit))
    throw new StoreUnavailable(unsafeCommit(found.synchronous_commit));
}

async function migrate(url: string, migrations: Record<string, Migration>): Promise<void> {
  const db = new Kysely<unknown>({
    dialect: new HubDialect({ pool: makeSinglePool(url), isMigrating: true }),
  });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error) {
      const name = results?.find((result) => result.status === 'Error')?.migrationName;
      throw migrationFailure(error, name);
    }
    await signDatabase(db, HUB_VERSION, isOlder);
  } finally {
    await db.destroy();
  }
}

const isOlder = (writtenBy: string | null): boolean =>
  writtenBy === null || versionNumber(writtenBy) < versionNumber(HUB_VERSION);

function migrationFailure(cause: unknown, name: string | undefined): unknown {
  const fault = translateOutage(cause);
  if (fault instanceof StoreUnavailable) return fault;
  const text = cause instanceof Error ? cause.message : String(cause);
  const which = name ? `The migration ${name}` : 'A migration';
  return new Error(`${which} failed, and the store was left as it was: ${text}`, { cause });
}

/**
 * What is known of a store, `null` of one that has yet to be made.
 * @throws when the database holds something else, or a store that a newer version wrote: neither is touched
 */
export async function refuseUnusableDatabase(
  url: string,
  known: readonly string[] = Object.keys(allMigrations),
): Promise<StoreFacts | null> {
  const state = await inspectDatabase(url, known);
  if (state.kind === 'absent') return null;
  if (state.kind === 'not_a_store')
    throw new Error(
      `The database ${placeOf(url)} holds no store of HomelabCmd (${state.why}). It was left as it is. Make one for the hub alone.`,
    );
  const { unknown, writtenBy } = state.facts;
  if (unknown.length === 0) return state.facts;
  const version = writtenBy === null ? 'a newer version' : `version ${writtenBy}`;
  throw new Error(
    `The store in the database ${placeOf(url)} was written by ${version} of HomelabCmd, and this is ${HUB_VERSION}, which does not know what was changed in it (${unknown.join(', ')}). It was left as it is. Install that version or a newer one, or restore a dump that was made before the upgrade (pg_restore).`,
  );
}
