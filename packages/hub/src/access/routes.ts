import type { api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { makeEnrolmentToken } from './enrolment.ts';

type Routes = Pick<typeof api, 'enrolServer'>;

export interface AccessParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Adds a server that is not there yet. */
  addServer(open: LogTransaction, actor: string, server: { server_id: string }): Promise<unknown>;
}

export function accessHandlers({ db, log, clock, addServer }: AccessParts): Handlers<Routes> {
  return {
    enrolServer: async ({ params, principal }) => {
      await log.transaction(async (open) => {
        const known = await open.tx
          .selectFrom('servers')
          .select('server_id')
          .where('server_id', '=', params.server_id)
          .executeTakeFirst();
        if (!known) await addServer(open, principal.name, { server_id: params.server_id });
      });
      return makeEnrolmentToken(db, clock, params.server_id);
    },
  };
}
