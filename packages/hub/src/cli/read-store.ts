import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { LoadedConfig } from '../config.ts';
import type { Schema, Store } from '../store/schema.ts';
import { sqliteDialect } from '../store/sqlite.ts';
import { existingStore } from './existing-store.ts';

export interface ReadStore extends AsyncDisposable {
  readonly db: Store;
}

/** The store for reading alone, also while a hub writes to it. @throws when there is none, or one of an older version */
export function readStore(loaded: LoadedConfig): ReadStore {
  const { file, facts } = existingStore(loaded);
  if (facts.pending.length > 0)
    throw new Error('The store is of an older version. Start the hub once, or run homelabcmd migrate run.');
  return openForReading(file);
}

export function openForReading(file: string): ReadStore {
  // Somebody may have put numbers into it that a JavaScript number cannot hold; they are to be seen as they are.
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000, readBigInts: true });
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}
