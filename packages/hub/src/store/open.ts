import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { HUB_VERSION, versionNumber } from '../lib/version.ts';
import { copyStore } from './copies/copy.ts';
import { APPLICATION_ID, inspectStore, type StoreFacts } from './inspect.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Schema, Store } from './schema.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

/** The store's name in the data folder. */
export const STORE_FILE = 'homelabcmd.db';
const BEFORE_MIGRATION = '.before-migration-';

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
  const file = join(dataDir, STORE_FILE);
  const facts = refuseUnusable(file, { known: Object.keys(migrations) });
  const isCopied = facts !== null && facts.pending.length > 0;
  const backupFile = isCopied ? `${file}${BEFORE_MIGRATION}${stampOf(new Date())}` : null;
  if (backupFile !== null) await copyStore(file, backupFile);
  const database = openSqlite(file);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error)
      throw migrationFailure(error, results?.find((result) => result.status === 'Error')?.migrationName);
    signStore(database);
    return { db, backupFile, [Symbol.asyncDispose]: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * What is known of a store, `null` of one that has yet to be made.
 * @throws when the file is no store, or is one that a newer version wrote: neither is touched
 */
export function refuseUnusable(
  file: string,
  { known, calledAs = file }: { known?: readonly string[]; calledAs?: string } = {},
): StoreFacts | null {
  const state = inspectStore(file, known);
  if (state.kind === 'absent') return null;
  if (state.kind === 'not_a_store')
    throw new Error(`${calledAs} is not a store of HomelabCmd (${state.why}). It was left as it is.`);
  if (state.facts.unknown.length > 0) throw writtenByNewer(file, calledAs, state.facts);
  return state.facts;
}

function writtenByNewer(file: string, calledAs: string, { unknown, writtenBy }: StoreFacts): Error {
  const version = writtenBy === null ? 'a newer version' : `version ${writtenBy}`;
  const install = writtenBy === null ? 'that newer version' : `version ${writtenBy} or newer`;
  const copy = newestCopyBeforeMigration(file);
  const orRestore =
    copy === null
      ? 'or restore a copy that was made before the upgrade (homelabcmd restore FILE)'
      : `or go back to the copy that was made before the upgrade: homelabcmd restore ${copy}`;
  return new Error(
    `The store ${calledAs} was written by ${version} of HomelabCmd, and this is ${HUB_VERSION}, which does not know what was changed in it (${unknown.join(', ')}). It was left as it is. Install ${install}, ${orRestore}.`,
  );
}

function newestCopyBeforeMigration(file: string): string | null {
  const prefix = basename(file) + BEFORE_MIGRATION;
  const copies = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix));
  const newest = copies.sort().at(-1);
  return newest === undefined ? null : join(dirname(file), newest);
}

/** Notes in the file's head what it is, and the newest version that has written it. */
function signStore(database: DatabaseSync): void {
  const read = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const version = versionNumber(HUB_VERSION);
  if (read('application_id') !== APPLICATION_ID) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  if (read('user_version') < version) database.exec(`PRAGMA user_version = ${version}`);
}

/** A time as a part of a file's name; names sort as the times do. */
export const stampOf = (time: Date): string => time.toISOString().replaceAll(/[:.]/g, '-');

function migrationFailure(cause: unknown, name: string | undefined): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  const which = name ? `The migration ${name}` : 'A migration';
  return new Error(`${which} failed, and the store was left as it was: ${text}`, { cause });
}
