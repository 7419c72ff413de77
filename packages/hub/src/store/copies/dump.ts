import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openStore } from '../open.ts';

/** The schema of a new store as SQL: what `schema.sql` holds, so that a change of the schema is seen in review. */
export async function dumpSchema(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-schema-'));
  try {
    await using store = await openStore(folder);
    const { rows } = await sql<{ sql: string }>`
      SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      ORDER BY tbl_name, type = 'trigger', type = 'index', name`.execute(store.db);
    const statements = rows.map((row) => `${row.sql.replaceAll('\n  ', '\n')};\n`);
    return ['-- Written by npm run generate from the migrations: change those.\n', ...statements].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
