import type { QueryOf, ResponseOf, Server, api } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { findServer, selectServers, serverOf } from './view.ts';

export async function getServer(db: Store, clock: Clock, serverId: string): Promise<Server> {
  return serverOf(await findServer(db, serverId), clock.nowMs());
}

export async function listServers(
  db: Store,
  clock: Clock,
  query: QueryOf<typeof api.listServers>,
): Promise<ResponseOf<typeof api.listServers>> {
  const { limit, offset, liveness, tag } = query;
  const matching = selectServers(db)
    .$if(liveness !== undefined, (q) => q.where('liveness', '=', liveness ?? 'online'))
    .$if(tag !== undefined, (q) => q.where('tags_json', 'like', `%"${tag}"%`));
  const rows = await matching.orderBy('servers.server_id').limit(limit).offset(offset).execute();
  const { total } = await matching
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { servers: rows.map((row) => serverOf(row, clock.nowMs())), total, limit, offset };
}
