import { Kysely, PostgresDialect } from 'kysely';
import { expect, test } from 'vitest';
import { engineOf } from './engine.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

test('each engine is known by the adapter of its dialect, without a question to it', async () => {
  const sqlite = new Kysely({ dialect: sqliteDialect(openSqlite(':memory:')) });
  expect(engineOf(sqlite)).toBe('sqlite');
  await sqlite.destroy();
  const pool = () => Promise.reject(new Error('nobody asks'));
  expect(engineOf(new Kysely({ dialect: new PostgresDialect({ pool }) }))).toBe('postgres');
});
