import { ask } from './ask.ts';

/** Columns, constraints, indexes, functions and triggers, in the order of their tables. */
const COLUMNS = `SELECT c.relname AS of_table, a.attnum AS place, format('%I %s%s%s%s', a.attname,
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || quote_ident(l.collname) ELSE '' END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
    coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY 1, 2`;

const REST = `SELECT of_table, line FROM (
    SELECT c.relname AS of_table, 1 AS kind, o.conname AS name,
      format('ALTER TABLE %I ADD %s', c.relname, pg_get_constraintdef(o.oid)) AS line
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND o.contype <> 'n'
  UNION ALL
    SELECT c.relname, 2, i.relname, pg_get_indexdef(x.indexrelid)
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = x.indexrelid AND o.contype IN ('p', 'u'))
  UNION ALL
    SELECT c.relname, 3, g.tgname, pg_get_triggerdef(g.oid)
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT g.tgisinternal
  ) AS everything ORDER BY of_table, kind, name, line`;

const FUNCTIONS = `SELECT rtrim(pg_get_functiondef(p.oid), E'\\n') AS line FROM pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.proname`;

/** The schema of a store as SQL, so that a change of it is seen in review. */
export function schemaOf(url: string): string {
  const tables = Map.groupBy(ask(url, COLUMNS), ({ of_table }) => String(of_table));
  const rest = Map.groupBy(ask(url, REST), ({ of_table }) => String(of_table));
  const parts = [...tables].map(([name, columns]) => {
    const lines = columns.map(({ line }) => `  ${String(line)}`).join(',\n');
    const more = (rest.get(name) ?? []).map(({ line }) => `${String(line)};\n`).join('');
    return `CREATE TABLE ${name} (\n${lines});\n${more}`;
  });
  const functions = ask(url, FUNCTIONS).map(({ line }) => `${String(line)};\n`);
  const head = '-- Written by a test from the migrations (test/postgres/engine.test.ts): change those.\n';
  return [head, ...functions, ...parts].join('\n');
}
