import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { changeExpectation, expectService, forgetService } from './expect.ts';
import { listServices } from './queries.ts';
import type { UsageOf } from './view.ts';

type Routes = Pick<
  typeof api,
  'listServices' | 'listExpected' | 'expectService' | 'discoveredServices' | 'changeService' | 'forgetService'
>;

export interface ServicesParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly usageOf: UsageOf;
  /** Tells the agent of this server which units are expected now. */
  expectationsChanged(serverId: string): Promise<void>;
}

export function serviceHandlers(parts: ServicesParts): Handlers<Routes> {
  const { db, usageOf } = parts;
  return {
    listServices: ({ params, query }) => listServices(db, usageOf, { serverId: params.server_id }, query),
    listExpected: ({ query }) => listServices(db, usageOf, { expected: true }, query),
    discoveredServices: ({ params, query }) =>
      listServices(db, usageOf, { serverId: params.server_id, expected: false }, query),
    expectService: async ({ params, body, principal }) => {
      const service = await expectService(parts, principal.name, params.server_id, body);
      await parts.expectationsChanged(params.server_id);
      return service;
    },
    changeService: ({ params, body, principal }) =>
      changeExpectation(parts, principal.name, params.server_id, params.service_name, body),
    forgetService: async ({ params, principal }): Promise<ResponseOf<typeof api.forgetService>> => {
      await forgetService(parts, principal.name, params.server_id, params.service_name);
      await parts.expectationsChanged(params.server_id);
      return null;
    },
  };
}
