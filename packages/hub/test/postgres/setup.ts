import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/store/postgres/open.ts';
import { TEMPLATE } from './databases.ts';
import { PostgresServer } from '@homelabcmd/testkit/postgres';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the server's first database; absent where stores are in SQLite. */
    postgresUrl?: string;
  }
}

/** One server for the whole run, with a database that holds a new store: each hub of a test gets a copy of that. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await PostgresServer.start();
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await (await openDatabase(server.url(TEMPLATE)))[Symbol.asyncDispose]();
  project.provide('postgresUrl', server.url('postgres'));
  return async () => server[Symbol.asyncDispose]();
}
