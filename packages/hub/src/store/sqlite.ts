import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type DialectAdapter, SqliteAdapter, type SqliteDatabase, SqliteDialect } from 'kysely';

/** Older libraries have a defect that can corrupt a WAL store under load (fixed in 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;
const STATEMENT_CACHE_SIZE = 300;
const CACHE_KIB = 16_384;
const CHECKPOINT_PAGES = 4000;

/** Opens a store file with the settings that the product's promises rest on; throws when one did not take. */
export function openSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF');
    // Under load the pages in use are more than the 2 MB and the 1000 pages of the log that are the default.
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    assertSettings(database);
    // SQLite's own knows A to Z alone; the other engine's knows all letters.
    database.function('lower', { deterministic: true }, (value) =>
      typeof value === 'string' ? value.toLowerCase() : value,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertSettings(database: DatabaseSync): void {
  const read = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0];
  if (read('PRAGMA synchronous') !== 2) throw new Error('SQLite did not accept synchronous=FULL');
  if (read('PRAGMA foreign_keys') !== 1) throw new Error('SQLite did not switch foreign keys on');
  const version = String(read('SELECT sqlite_version()'));
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [wantMajor, wantMinor, wantPatch] = OLDEST_SQLITE;
  const isOldEnough = major * 1e6 + minor * 1e3 + patch >= wantMajor * 1e6 + wantMinor * 1e3 + wantPatch;
  if (!isOldEnough)
    throw new Error(`SQLite ${version} is too old: ${OLDEST_SQLITE.join('.')} or newer is needed`);
}

/** SQLite can undo a change of the schema, which lets all pending migrations be one transaction. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

type Statement = Pick<StatementSync, 'columns' | 'all' | 'run' | 'iterate'>;

/** What the dialect needs of a `DatabaseSync`. */
export interface SqliteConnection {
  /** Whether a transaction is open. */
  readonly isTransaction: boolean;
  prepare(sql: string): Statement;
  close(): void;
}

/** Stands where a statement would stand that has nothing to do. */
const NOTHING = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

/** Lets Kysely's own SQLite dialect drive `node:sqlite`, with the prepared statements kept. */
export function sqliteDialect(database: SqliteConnection): Dialect {
  const statements = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= STATEMENT_CACHE_SIZE) statements.clear();
    const statement = database.prepare(sql);
    const prepared = {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...parameters.map(toSqlite)),
      run: (parameters: readonly unknown[]) => statement.run(...parameters.map(toSqlite)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters.map(toSqlite)),
    };
    statements.set(sql, prepared);
    return prepared;
  };
  return new NodeSqliteDialect({
    database: {
      close: () => {
        statements.clear();
        database.close();
      },
      // SQLite undoes a transaction by itself when the disk is full or fails. What is told must be that error, and not
      // that there is nothing left to undo.
      prepare: (sql) => (sql === 'rollback' && !database.isTransaction ? NOTHING : prepare(sql)),
    },
  });
}

type Prepared = ReturnType<SqliteDatabase['prepare']>;

/** SQLite has no booleans; the two engines agree on 0 and 1. */
function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`A ${typeof value} cannot be stored`);
}
