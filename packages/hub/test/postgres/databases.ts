import { createHash } from 'node:crypto';
import { inject } from 'vitest';
import { ask } from './ask.ts';

/** A database with the schema of a new store. */
export const TEMPLATE = 'hub_template';

/** Whether the stores of these tests are on PostgreSQL. */
export const isOnPostgres = (): boolean => inject('postgresUrl') !== undefined;

/** The store's database beside this data folder, made when it is first asked for; `null` where stores are in SQLite. */
export function databaseOf(dataDir: string): string | null {
  const server = inject('postgresUrl');
  if (server === undefined) return null;
  const name = nameOf(dataDir);
  const known = ask(server, 'SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (known.length === 0) ask(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return urlOf(server, name);
}

/** A database with nothing in it. */
export function emptyDatabaseOf(dataDir: string): string {
  const server = inject('postgresUrl');
  if (server === undefined) throw new Error('these tests have no PostgreSQL');
  const name = nameOf(dataDir);
  ask(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  ask(server, `CREATE DATABASE ${name} TEMPLATE template0`);
  return urlOf(server, name);
}

/** Removes the database of this data folder, if there is one. */
export function dropDatabaseOf(dataDir: string): void {
  const server = inject('postgresUrl');
  if (server !== undefined) ask(server, `DROP DATABASE IF EXISTS ${nameOf(dataDir)} WITH (FORCE)`);
}

const nameOf = (dataDir: string): string =>
  `hub_${createHash('sha256').update(dataDir).digest('hex').slice(0, 20)}`;

const urlOf = (server: string, name: string): string => server.replace(/[^/]*$/, name);
