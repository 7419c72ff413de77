import type { AuditEntry, QueryOf, ResponseOf, api } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { OF_NO_SERVER, type Schema, type Store } from '../store/schema.ts';

/** Entries that match, newest first. The cursor is a number of an entry: what is added meanwhile moves nothing. */
export async function listAudit(
  db: Store,
  { limit, cursor, server_id, action_id, actor, verb }: QueryOf<typeof api.listAudit>,
): Promise<ResponseOf<typeof api.listAudit>> {
  let query = db.selectFrom('audit_entries').selectAll();
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  if (server_id !== undefined) query = query.where('server_id', '=', server_id);
  if (action_id !== undefined) query = query.where('action_id', '=', action_id);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (verb !== undefined) query = query.where('verb', '=', verb);
  // One more than is shown says whether there are more.
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const entries = rows.slice(0, limit).map(entryOf);
  return { entries, next_cursor: rows.length > limit ? (entries.at(-1)?.entry ?? null) : null };
}

function entryOf(row: Selectable<Schema['audit_entries']>): AuditEntry {
  const { id, at, actor, verb, server_id, action_id, detail, prev_hash, hash } = row;
  return {
    entry: id,
    at,
    actor,
    verb,
    server_id: server_id === OF_NO_SERVER ? null : server_id,
    action_id,
    detail: JSON.parse(detail) as Record<string, unknown>,
    prev_hash,
    hash,
  };
}
