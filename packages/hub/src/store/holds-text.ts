import { type SqlBool, type RawBuilder, sql } from 'kysely';
import { engineOf } from './engine.ts';
import type { Store } from './schema.ts';

/** Each engine's function for the position of a text in a text. */
const POSITION = { sqlite: 'instr', postgres: 'strpos' } as const;

/** Whether one of these columns holds this text, in any case. Unlike LIKE it knows no wildcards, so nothing has to be escaped. */
export function holdsText(db: Store, columns: readonly string[], text: string): RawBuilder<SqlBool> {
  const position = sql.raw(POSITION[engineOf(db)]);
  const wanted = text.toLowerCase();
  const each = columns.map((column) => sql`${position}(lower(${sql.ref(column)}), ${wanted}) > 0`);
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`;
}
