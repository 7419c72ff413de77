import type { api } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { serviceAvailability, serviceHistory } from './queries.ts';

type Routes = Pick<typeof api, 'serviceHistory' | 'serviceAvailability'>;

export function serviceHistoryHandlers(parts: { db: Store; clock: Clock }): Handlers<Routes> {
  const of = (params: { server_id: string; service_name: string }) => ({
    ...{ serverId: params.server_id, serviceName: params.service_name },
  });
  return {
    serviceHistory: ({ params, query }) => serviceHistory(parts.db, of(params), query),
    serviceAvailability: ({ params, query }) => serviceAvailability(parts, of(params), query),
  };
}
