import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseSync, backup } from 'node:sqlite';
import { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Schema, Store } from './schema.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

export interface OpenedStore extends AsyncDisposable {
  readonly db: Store;
  /** The copy that was made before the schema changed, or `null` when nothing had to change. */
  readonly backupFile: string | null;
}

/**
 * Opens `homelabcmd.db` in the data folder and brings its schema up to date. A store that already holds data is
 * copied first. All pending migrations are one transaction: when one fails, the store is as it was, and this throws.
 */
export async function openStore(
  dataDir: string,
  migrations: Record<string, Migration> = allMigrations,
): Promise<OpenedStore> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'homelabcmd.db');
  const isNew = !existsSync(file);
  const database = openSqlite(file);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const pending = (await migrator.getMigrations()).filter((migration) => !migration.executedAt);
    const backupFile = pending.length > 0 && !isNew ? await copyAside(database, file) : null;
    const { error, results } = await migrator.migrateToLatest();
    if (error)
      throw migrationFailure(error, results?.find((result) => result.status === 'Error')?.migrationName);
    return { db, backupFile, [Symbol.asyncDispose]: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function copyAside(database: DatabaseSync, file: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const target = `${file}.before-migration-${stamp}`;
  await backup(database, target);
  return target;
}

function migrationFailure(cause: unknown, name: string | undefined): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  const which = name ? `The migration ${name}` : 'A migration';
  return new Error(`${which} failed, and the store was left as it was: ${text}`, { cause });
}
