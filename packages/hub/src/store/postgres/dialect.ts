import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  PostgresDriver,
  type PostgresDialectConfig,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import { StoreUnavailable } from '../faults.ts';
import { TRANSACTION_LOCK } from './locks.ts';
import { translateOutage } from './outage.ts';
import { inWordsOfPostgres } from './statements.ts';

/** What a transaction must find true when it begins: @throws when this hub may not write any more */
export type Admission = (connection: DatabaseConnection) => Promise<void>;

interface Settings {
  readonly pool: PostgresDialectConfig['pool'];
  /** Absent for a process that is no hub. */
  readonly admit?: Admission;
  /** The statements of migrations are written in SQLite's words for types. */
  readonly isMigrating?: boolean;
}

/**
 * PostgreSQL as the hub uses it: one transaction at a time, whoever begins it, as it is on the other engine. So what a
 * transaction has read stays true until it commits, and commits come in the order of the events' numbers. Single
 * statements run beside it.
 */
export class HubDialect extends PostgresDialect {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super({ pool: settings.pool });
    this.#settings = settings;
  }

  override createDriver(): Driver {
    return new SerialDriver(this.#settings);
  }
}

class SerialDriver extends PostgresDriver {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super({ pool: settings.pool });
    this.#settings = settings;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    try {
      const inner = (await super.acquireConnection()) as Inner;
      return new HubConnection(inner, this.#settings.isMigrating ?? false);
    } catch (error) {
      throw translateOutage(error);
    }
  }

  override async beginTransaction(connection: DatabaseConnection, _: TransactionSettings): Promise<void> {
    try {
      // The lock comes before the first snapshot, and every statement takes a new one: it sees all that was committed.
      await connection.executeQuery(
        CompiledQuery.raw(
          `begin isolation level read committed; select pg_advisory_xact_lock(${TRANSACTION_LOCK})`,
        ),
      );
      await this.#settings.admit?.(connection);
    } catch (error) {
      // Nobody else rolls back what did not begin.
      await this.rollbackTransaction(connection).catch(() => {});
      throw error;
    }
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(innerOf(connection));
    } catch (error) {
      throw translateOutage(error);
    }
  }

  override releaseConnection(connection: DatabaseConnection): Promise<void> {
    return super.releaseConnection(innerOf(connection));
  }
}

type Inner = Parameters<PostgresDriver['rollbackTransaction']>[0];

class HubConnection implements DatabaseConnection {
  readonly inner: Inner;
  readonly #isMigrating: boolean;

  constructor(inner: Inner, isMigrating: boolean) {
    this.inner = inner;
    this.#isMigrating = isMigrating;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const sql = this.#isMigrating ? inWordsOfPostgres(query.sql) : query.sql;
    try {
      return await this.inner.executeQuery<R>({
        ...query,
        sql,
        parameters: query.parameters.map(toPostgres),
      });
    } catch (error) {
      throw translateOutage(error);
    }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('The hub reads its store in batches, never by a stream.');
  }
}

function innerOf(connection: DatabaseConnection): Inner {
  if (connection instanceof HubConnection) return connection.inner;
  throw new StoreUnavailable('A connection is not one of the hub.');
}

/**
 * The two engines agree on 0 and 1. A text of PostgreSQL cannot hold the character 0, which nothing in a store is called
 * by: it becomes the sign for what cannot be written, as half a surrogate does.
 */
function toPostgres(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
