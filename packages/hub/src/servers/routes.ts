import type { api, ResponseOf } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { addServer, deleteServer, setMaintenance, updateServer } from './change.ts';
import { getServer, listServers } from './queries.ts';
import { releaseServer } from './quarantine.ts';

type Routes = Pick<
  typeof api,
  | 'listServers'
  | 'createServer'
  | 'getServer'
  | 'changeServer'
  | 'deleteServer'
  | 'setMaintenance'
  | 'releaseServer'
>;

export interface ServersParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Shuts the agent of a deleted server out, and forgets what was known of it. */
  serverDeleted(serverId: string): Promise<void>;
  /** Orders may be sent to this server again. */
  serverReleased(serverId: string): Promise<void>;
}

export function serverHandlers(parts: ServersParts): Handlers<Routes> {
  const { db, log, clock } = parts;
  return {
    listServers: ({ query }) => listServers(db, clock, query),
    createServer: ({ body, principal, from }) =>
      log.from(from).transaction((open) => addServer(open, principal.name, body)),
    getServer: ({ params }) => getServer(db, clock, params.server_id),
    changeServer: ({ params, body, principal, from }) =>
      log.from(from).transaction((open) =>
        updateServer(open, params.server_id, principal.name, {
          ...(body.display_name === undefined ? {} : { display_name: body.display_name }),
          ...(body.tags === undefined ? {} : { tags_json: JSON.stringify([...new Set(body.tags)]) }),
        }),
      ),
    deleteServer: async ({
      params,
      query,
      principal,
      from,
    }): Promise<ResponseOf<typeof api.deleteServer>> => {
      await deleteServer(log.from(from), params.server_id, principal.name, query.force);
      await parts.serverDeleted(params.server_id);
      return null;
    },
    releaseServer: async ({ params, principal, from }) => {
      const server = await log
        .from(from)
        .transaction((open) => releaseServer(open, principal.name, params.server_id));
      await parts.serverReleased(params.server_id);
      return server;
    },
    setMaintenance: ({ params, body, principal, from }) => {
      const { on, until = null, reason = null } = body;
      const maintenance = on ? { on, until, reason } : { on, until: null, reason: null };
      return log
        .from(from)
        .transaction((open) => setMaintenance(open, params.server_id, principal.name, maintenance));
    },
  };
}
