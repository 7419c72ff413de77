import { type Server, ServerFacts } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';

export type ServerRow = Selectable<Schema['servers']> & {
  readonly quarantine_since: string | null;
  readonly quarantine_reason: string | null;
};

/** Servers, each with its quarantine. */
export const selectServers = (db: Store) =>
  db
    .selectFrom('servers')
    .leftJoin('quarantines', 'quarantines.server_id', 'servers.server_id')
    .selectAll('servers')
    .select(['quarantines.since as quarantine_since', 'quarantines.reason as quarantine_reason']);

/** A row as the API shows it. A maintenance whose end has passed is over. */
export function serverOf(row: ServerRow, nowMs: number): Server {
  const maintenance = JSON.parse(row.maintenance_json) as Server['maintenance'];
  const isOver = maintenance.until !== null && Date.parse(maintenance.until) <= nowMs;
  return {
    server_id: row.server_id,
    display_name: row.display_name,
    tags: JSON.parse(row.tags_json) as string[],
    liveness: row.liveness,
    liveness_since: row.liveness_since,
    last_seen_at: row.last_seen_at,
    facts: row.facts_json === null ? null : ServerFacts.parse(JSON.parse(row.facts_json)),
    ...quarantineOf(row),
    maintenance: isOver ? { on: false, until: null, reason: null } : maintenance,
    created_at: row.created_at,
    revision: row.revision,
  };
}

/** Absent where all is well. */
function quarantineOf({ quarantine_since: since, quarantine_reason: reason }: ServerRow) {
  return since === null || reason === null ? {} : { quarantine: { since, reason } };
}

export const noSuchServer = (): Refusal => new Refusal('not_found', 'Server not found');

/** The row of a server, inside or outside a transaction. @throws Refusal `not_found` */
export async function findServer(db: Store, serverId: string): Promise<ServerRow> {
  const row = await selectServers(db).where('servers.server_id', '=', serverId).executeTakeFirst();
  if (!row) throw noSuchServer();
  return row;
}
