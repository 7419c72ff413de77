import type { AuditEntry, QueryOf, ResponseOf, api } from '@homelabcmd/protocol';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { holdsText } from '../store/holds-text.ts';
import type { Schema, Store } from '../store/schema.ts';
import type { StoredEntry } from './verify.ts';
import { viewOf } from './view.ts';

type AuditFilter = Omit<QueryOf<typeof api.exportAudit>, 'format'>;

const SEARCHED = ['actor', 'verb', 'server_id', 'detail'];
/**
 * So many entries are looked at in one go, and then others have their turn: SQLite answers at once, and a search through
 * a million entries would hold the hub. Text takes longer to look at.
 */
const LOOKED_AT = 10_000;
const SEARCHED_AT_ONCE = 2000;
const EXPORTED_AT_ONCE = 250;

/** Entries that match, newest first. The cursor is a number of an entry: what is added meanwhile moves nothing. */
export async function listAudit(
  db: Store,
  { limit, cursor, after, ...filter }: QueryOf<typeof api.listAudit>,
): Promise<ResponseOf<typeof api.listAudit>> {
  const found: AuditEntry[] = [];
  // One more than is shown says whether there are more.
  const range = { before: cursor ?? Number.MAX_SAFE_INTEGER, after: after ?? 0 };
  for await (const entries of matching(db, filter, range, limit + 1)) {
    found.push(...entries);
    if (found.length > limit) break;
  }
  const entries = found.slice(0, limit);
  return { entries, next_cursor: found.length > limit ? (entries.at(-1)?.entry ?? null) : null };
}

/** Every entry that matches, newest first, in batches: the whole is never in memory. */
export const everyEntry = (db: Store, filter: AuditFilter): AsyncGenerator<AuditEntry[]> =>
  matching(db, filter, { before: Number.MAX_SAFE_INTEGER, after: 0 }, EXPORTED_AT_ONCE);

interface Range {
  readonly before: number;
  readonly after: number;
}

/** Goes down the chain in slices of its numbers, and answers what matches in each, at most `batch` at a time. */
async function* matching(
  db: Store,
  filter: AuditFilter,
  { before, after }: Range,
  batch: number,
): AsyncGenerator<AuditEntry[]> {
  const step = filter.q === undefined ? LOOKED_AT : SEARCHED_AT_ONCE;
  let top = await newestBelow(db, before);
  while (top > after) {
    const bottom = Math.max(after, top - step);
    const rows: StoredEntry[] = await db
      .selectFrom('audit_entries')
      .selectAll()
      .where('id', '<=', top)
      .where('id', '>', bottom)
      .where((eb) => matches(db, eb, filter))
      .orderBy('id', 'desc')
      .limit(batch)
      .execute();
    const entries = rows.map(viewOf);
    if (entries.length > 0) yield entries;
    const last = entries.at(-1);
    // Where entries were deleted, what is not there is not gone through number by number.
    top = await newestBelow(db, entries.length === batch && last !== undefined ? last.entry : bottom + 1);
    await new Promise((resume) => setImmediate(resume));
  }
}

/** The number of the newest entry before this one; 0 when there is none. */
async function newestBelow(db: Store, id: number): Promise<number> {
  const newest = await db
    .selectFrom('audit_entries')
    .select('id')
    .where('id', '<', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return Math.floor(Number(newest?.id ?? 0));
}

function matches(
  db: Store,
  eb: ExpressionBuilder<Schema, 'audit_entries'>,
  { server_id, action_id, actor, verb, since, until, q }: AuditFilter,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = [];
  if (server_id !== undefined) all.push(eb('server_id', '=', server_id));
  if (action_id !== undefined) all.push(eb('action_id', '=', action_id));
  if (actor !== undefined) all.push(eb('actor', '=', actor));
  if (verb !== undefined) all.push(eb.or(verb.map((each) => isOfVerb(eb, each))));
  if (since !== undefined) all.push(eb('at', '>=', since));
  if (until !== undefined) all.push(eb('at', '<', until));
  if (q !== undefined && q !== '') all.push(holdsText(db, SEARCHED, q));
  return eb.and(all);
}

/** A verb, or with `.*` every verb that begins so. */
function isOfVerb(eb: ExpressionBuilder<Schema, 'audit_entries'>, verb: string): Expression<SqlBool> {
  if (!verb.endsWith('.*')) return eb('verb', '=', verb);
  const beginning = verb.slice(0, -1);
  return sql<SqlBool>`substr(verb, 1, ${sql.lit(beginning.length)}) = ${beginning}`;
}
