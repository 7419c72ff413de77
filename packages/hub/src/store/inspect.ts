import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { versionText } from '../lib/version.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/** Written into the head of a store's file, so that the file says what it is: «HLCD». */
export const APPLICATION_ID = 0x48_4c_43_44;

export interface StoreFacts {
  /** The migrations that it has been through, oldest first. */
  readonly applied: readonly string[];
  /** Those of this version that it has yet to go through. */
  readonly pending: readonly string[];
  /** Those that this version does not know: a newer one wrote them. */
  readonly unknown: readonly string[];
  /** The newest version that has written it; `null` in a store from before this was noted. */
  readonly writtenBy: string | null;
  readonly newestEvent: number;
  readonly newestEventAt: string | null;
}

/** What lies in a store's place. */
export type StoreState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'not_a_store'; readonly why: string }
  | { readonly kind: 'store'; readonly facts: StoreFacts };

/** Kysely makes these before the first migration, each with a commit of its own. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['kysely_migration', 'kysely_migration_lock']);

/** A change was cut off in the middle, and a connection that may only read cannot take it back (sqlite.org/rescode.html). */
const SQLITE_READONLY_ROLLBACK = 776;

/**
 * Looks at a file and changes nothing in it; only a change that a loss of power has cut off in the middle is taken back,
 * which SQLite does before anybody can read. A file without content counts as absent, since SQLite makes a store of it;
 * so does one whose first start was cut short before there was a schema.
 */
export function inspectStore(
  file: string,
  known: readonly string[] = Object.keys(allMigrations),
): StoreState {
  if (!existsSync(file) || statSync(file).size === 0) return { kind: 'absent' };
  if (!statSync(file).isFile()) return { kind: 'not_a_store', why: 'it is not a file' };
  try {
    try {
      return stateIn(file, true, known);
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_READONLY_ROLLBACK) throw error;
      return stateIn(file, false, known);
    }
  } catch (error) {
    return { kind: 'not_a_store', why: error instanceof Error ? error.message : String(error) };
  }
}

function stateIn(file: string, readOnly: boolean, known: readonly string[]): StoreState {
  using database = new DatabaseSync(file, { readOnly, timeout: 5000 });
  return stateOf(database, known);
}

function stateOf(database: DatabaseSync, known: readonly string[]): StoreState {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const names = new Set(tables.map(({ name }) => String(name)));
  if ([...names].every((name) => BOOKKEEPING.has(name)) && !hasMigrated(database, names))
    return { kind: 'absent' };
  const isOurs = ['kysely_migration', 'hub_counters', 'events'].every((name) => names.has(name));
  if (!isOurs) return { kind: 'not_a_store', why: 'it is a SQLite database of something else' };
  const applied = database
    .prepare('SELECT name FROM kysely_migration ORDER BY name')
    .all()
    .map(({ name }) => String(name));
  const written = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  const counter = database.prepare(`SELECT last FROM hub_counters WHERE name = 'event'`).get();
  const newest = database.prepare('SELECT at FROM events ORDER BY id DESC LIMIT 1').get();
  return {
    kind: 'store',
    facts: {
      applied,
      pending: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
      writtenBy: written === 0 ? null : versionText(written),
      newestEvent: Number(counter?.['last'] ?? 0),
      newestEventAt: newest === undefined ? null : String(newest['at']),
    },
  };
}

const hasMigrated = (database: DatabaseSync, names: ReadonlySet<string>): boolean =>
  names.has('kysely_migration') &&
  database.prepare('SELECT name FROM kysely_migration LIMIT 1').get() !== undefined;

/** What is wrong inside of a store, in SQLite's words; empty when all is well. Reads all of it. */
export function findDamage(database: DatabaseSync): string[] {
  const damage = database
    .prepare('PRAGMA integrity_check')
    .all()
    .map(({ integrity_check }) => String(integrity_check))
    .filter((line) => line !== 'ok');
  const orphans = database.prepare('PRAGMA foreign_key_check').all();
  return [
    ...damage,
    ...orphans.map(({ table, parent }) => `a row of ${String(table)} names no row of ${String(parent)}`),
  ];
}
