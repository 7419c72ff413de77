import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite, type SqliteConnection } from '@homelabcmd/hub/rules';
import { Killed, type Process } from '../ground/timeline.ts';

/** When a hub dies at a statement of its own: so many from now, before or after it took effect. */
export interface DeathAtStatement {
  readonly process: Process;
  left: number;
  readonly isAfter: boolean;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: ReturnType<StatementSync['columns']>;
}

/**
 * The hub's store on its disk: a real SQLite database that outlives each hub. A hub that dies loses what it had not
 * committed, and nothing else.
 */
export class StoreDisk implements Disposable {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();
  death: DeathAtStatement | null = null;
  statements = 0;
  onDeath: (process: Process) => void = () => undefined;

  constructor(image: Uint8Array) {
    this.database = openSqlite(':memory:');
    this.replace(image);
  }

  /** Puts an image in the place of what is there. */
  replace(image: Uint8Array): void {
    this.#statements.clear();
    this.database.deserialize(image);
    this.database.exec('PRAGMA foreign_keys = ON');
  }

  image(): Uint8Array {
    return this.database.serialize();
  }

  setMood(mood: 'well' | 'full' | 'read-only'): void {
    const pages = Number(Object.values(this.database.prepare('PRAGMA page_count').get() ?? {})[0]);
    this.database.exec(`PRAGMA max_page_count = ${mood === 'full' ? pages : 1_000_000}`);
    this.database.exec(`PRAGMA query_only = ${mood === 'read-only' ? 'ON' : 'OFF'}`);
  }

  /** The connection of one hub. When that hub is dead, it reaches nothing. */
  connectionOf(process: Process): SqliteConnection {
    const guarded = <A extends unknown[], R>(act: (...args: A) => R) => {
      return (...args: A): R => {
        if (!process.isAlive) throw new Killed();
        this.statements += 1;
        const { death } = this;
        if (death === null || death.process !== process || death.left-- > 0) return act(...args);
        this.death = null;
        if (death.isAfter) act(...args);
        this.onDeath(process);
        throw new Killed();
      };
    };
    const { database } = this;
    return {
      get isTransaction() {
        return database.isTransaction;
      },
      prepare: (sql) => {
        const { statement, columns } = this.#prepared(sql);
        return {
          columns: () => columns,
          all: guarded(statement.all.bind(statement)) as StatementSync['all'],
          run: guarded(statement.run.bind(statement)) as StatementSync['run'],
          iterate: guarded(statement.iterate.bind(statement)) as StatementSync['iterate'],
        };
      },
      close: () => undefined,
    };
  }

  /** A new hub on the same store need not have SQLite read the same text anew. */
  #prepared(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    const prepared = { statement, columns: statement.columns() };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** What a process that is gone had begun is undone. */
  forgetUncommitted(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** A store file as one piece of memory. */
export function imageOf(file: string): Uint8Array {
  using database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = DELETE');
  return database.serialize();
}
