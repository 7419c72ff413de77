import { type Kysely, PostgresAdapter } from 'kysely';

/** The two engines that a store can live on. */
export type Engine = 'sqlite' | 'postgres';

/** Which engine this connection speaks to: for migrations, whose triggers differ. Queries are the same on both. */
export const engineOf = (db: Pick<Kysely<unknown>, 'getExecutor'>): Engine =>
  db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';
