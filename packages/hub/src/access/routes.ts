import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';

type Routes = Pick<typeof api, 'listKeys' | 'createKey' | 'revokeKey'>;

export interface AccessParts {
  readonly db: Store;
  readonly log: EventLog;
  /** The key, and every session that it opened, is worth nothing any more. */
  keyRevoked(keyId: string): void;
}

export function accessHandlers(parts: AccessParts): Handlers<Routes> {
  const { db, log } = parts;
  return {
    listKeys: ({ query }) => listKeys(db, query),
    createKey: ({ body, principal }) => createKey(log, principal.name, body.name),
    revokeKey: async ({ params, principal }): Promise<ResponseOf<typeof api.revokeKey>> => {
      await revokeKey(log, principal.name, params.key_id);
      parts.keyRevoked(params.key_id);
      return null;
    },
  };
}
