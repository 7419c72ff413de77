import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { makeEnrolmentToken } from './enrolment.ts';
import { type HubAddress, installLine, urlForServers } from './install-line.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';

type Routes = Pick<typeof api, 'enrolServer' | 'listKeys' | 'createKey' | 'revokeKey'>;

export interface AccessParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly address: HubAddress;
  /** What somebody has open may be open no longer: look at all of it. */
  accessChanged(): void;
  /** Adds a server that is not there yet. */
  addServer(open: LogTransaction, actor: string, server: { server_id: string }): Promise<unknown>;
}

export function accessHandlers(parts: AccessParts): Handlers<Routes> {
  const { db, log, address } = parts;
  return {
    enrolServer: async ({ params, principal, from, origin }) => {
      // First: where it refuses, nothing has been made.
      const hub = urlForServers(address, origin);
      const made = await log.from(from).transaction(async (open) => {
        const known = await open.tx
          .selectFrom('servers')
          .select('server_id')
          .where('server_id', '=', params.server_id)
          .executeTakeFirst();
        if (!known) await parts.addServer(open, principal.name, { server_id: params.server_id });
        return makeEnrolmentToken(open, principal.name, params.server_id);
      });
      return { ...made, ...installLine(address, hub, made.token) };
    },
    listKeys: ({ query }) => listKeys(db, query),
    createKey: ({ body, principal, from }) => createKey(log.from(from), principal, body),
    revokeKey: async ({ params, principal, from }): Promise<ResponseOf<typeof api.revokeKey>> => {
      await revokeKey(log.from(from), principal.name, params.key_id);
      parts.accessChanged();
      return null;
    },
  };
}
