import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';

type Routes = Pick<typeof api, 'listKeys' | 'createKey' | 'revokeKey'>;

export interface AccessParts {
  readonly db: Store;
  readonly log: EventLog;
  /** What somebody has open may be open no longer: look at all of it. */
  accessChanged(): void;
}

export function accessHandlers(parts: AccessParts): Handlers<Routes> {
  const { db, log } = parts;
  return {
    listKeys: ({ query }) => listKeys(db, query),
    createKey: ({ body, principal, from }) => createKey(log.from(from), principal, body),
    revokeKey: async ({ params, principal, from }): Promise<ResponseOf<typeof api.revokeKey>> => {
      await revokeKey(log.from(from), principal.name, params.key_id);
      parts.accessChanged();
      return null;
    },
  };
}
