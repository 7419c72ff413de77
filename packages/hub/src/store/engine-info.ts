import { sql } from 'kysely';
import { engineOf } from './engine.ts';
import type { Store } from './schema.ts';

export interface EngineInfo {
  readonly engine: 'sqlite' | 'postgresql';
  readonly engine_version: string;
  readonly size_bytes: number;
}

/** What the engine says of itself, and how much room the store takes. */
export async function engineInfo(db: Store): Promise<EngineInfo> {
  const isSqlite = engineOf(db) === 'sqlite';
  const { rows } = isSqlite
    ? await sql<{ version: string; bytes: number }>`SELECT sqlite_version() AS version,
        (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes`.execute(
        db,
      )
    : await sql<{ version: string; bytes: number }>`SELECT current_setting('server_version') AS version,
        pg_database_size(current_database()) AS bytes`.execute(db);
  return {
    engine: isSqlite ? 'sqlite' : 'postgresql',
    engine_version: rows[0]?.version ?? '',
    size_bytes: rows[0]?.bytes ?? 0,
  };
}
