import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { inspectStore, type StoreFacts, type StoreState } from './inspect.ts';
import { isDataDirHeld, lockDataDir } from './lock.ts';
import { migrations } from './migrations/index.ts';
import { openStore, refuseUnusable, STORE_FILE } from './open.ts';
import { inspectDatabase } from './postgres/inspect.ts';
import { isDatabaseHeld } from './postgres/lease.ts';
import { openBeside, openDatabase, refuseUnusableDatabase } from './postgres/open.ts';
import type { Schema, Store } from './schema.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

/** Where a hub's store is: in its data folder, or in the database that is named. */
export interface StorePlace {
  readonly dataDir: string;
  readonly databaseUrl: string | null;
}

export interface HubStore extends AsyncDisposable {
  readonly db: Store;
  /** The copy that was made before the schema changed, or `null`. On PostgreSQL none is made. */
  readonly backupFile: string | null;
  /** Resolves when this hub may never write again: somebody else has the store. */
  readonly ended: Promise<Error>;
  /** Calls `listener` when the store was away and is back. */
  onRegained(listener: () => void): void;
}

/** Takes the store for this hub, alone, and brings its schema up to date. @throws when it cannot; nothing is held then */
export async function openHubStore({ dataDir, databaseUrl }: StorePlace): Promise<HubStore> {
  await using stack = new AsyncDisposableStack();
  // The local agent's state is in the folder on either engine.
  stack.use(lockDataDir(dataDir));
  if (databaseUrl === null) {
    const { db, backupFile } = stack.use(await openStore(dataDir));
    const opened = stack.move();
    return {
      ...{ db, backupFile, ended: new Promise<Error>(() => {}), onRegained: () => {} },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  }
  const { db, lease } = stack.use(await openDatabase(databaseUrl));
  const opened = stack.move();
  return {
    ...{ db, backupFile: null, ended: lease.ended, onRegained: (listener) => lease.onRegained(listener) },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Looks at a store and changes nothing in it. @throws StoreUnavailable when a database does not answer */
export async function lookAtStore({ dataDir, databaseUrl }: StorePlace): Promise<StoreState> {
  if (databaseUrl === null) return inspectStore(join(dataDir, STORE_FILE));
  return inspectDatabase(databaseUrl, Object.keys(migrations));
}

/** What is known of a store, `null` of one that has yet to be made. @throws when it cannot be used */
export async function factsOfStore({ dataDir, databaseUrl }: StorePlace): Promise<StoreFacts | null> {
  return databaseUrl === null
    ? refuseUnusable(join(dataDir, STORE_FILE))
    : refuseUnusableDatabase(databaseUrl);
}

/** Opens a store that is there, for a command beside a hub that may be running. Nothing is migrated. */
export function openForWriting({ dataDir, databaseUrl }: StorePlace): Store {
  if (databaseUrl !== null) return openBeside(databaseUrl);
  return new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(join(dataDir, STORE_FILE))) });
}

/**
 * The same for reading alone. Somebody may have put numbers into it that a JavaScript number cannot hold; they are to be
 * seen as they are, so all whole numbers are bigints.
 */
export function openForReading({ dataDir, databaseUrl }: StorePlace): Store {
  if (databaseUrl !== null) return openBeside(databaseUrl, 'exact');
  const file = join(dataDir, STORE_FILE);
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000, readBigInts: true });
  return new Kysely<Schema>({ dialect: sqliteDialect(database) });
}

/** Whether a hub holds this store at this moment. Looks, and takes nothing. */
export async function isHeldByHub({ dataDir, databaseUrl }: StorePlace): Promise<boolean> {
  return databaseUrl === null ? isDataDirHeld(dataDir) : isDatabaseHeld(databaseUrl);
}

/** A store in SQLite that lies unused beside a hub that lives on PostgreSQL: somebody may look for what is in it. */
export function unusedStoreFile({ dataDir, databaseUrl }: StorePlace): string | null {
  const file = join(dataDir, STORE_FILE);
  return databaseUrl !== null && existsSync(file) ? file : null;
}
