import type { api } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { readFreeze, setFreeze } from './freeze.ts';

type Routes = Pick<typeof api, 'getFreeze' | 'setFreeze'>;

export function freezeHandlers({ db, log }: { db: Store; log: EventLog }): Handlers<Routes> {
  return {
    getFreeze: () => readFreeze(db),
    setFreeze: ({ body, principal, from }) => setFreeze(log.from(from), principal.name, body),
  };
}
