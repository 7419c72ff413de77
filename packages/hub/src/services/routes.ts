import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { Origin } from '../events/audit-trail.ts';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { discoverServices } from './discovery/discover.ts';
import { changeExpectation, expectService, expectServices, forgetService } from './expect.ts';
import { listServices } from './queries.ts';
import type { UsageOf } from './view.ts';

type Routes = Pick<
  typeof api,
  | 'listServices'
  | 'listExpected'
  | 'expectService'
  | 'expectServices'
  | 'discoveredServices'
  | 'changeService'
  | 'forgetService'
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
  const by = (from: Origin) => ({ ...parts, log: parts.log.from(from) });
  return {
    listServices: ({ params, query }) => listServices(db, usageOf, { serverId: params.server_id }, query),
    listExpected: ({ query }) => listServices(db, usageOf, { expected: true }, query),
    discoveredServices: ({ params, query }) => discoverServices(db, usageOf, params.server_id, query),
    expectService: async ({ params, body, principal, from }) => {
      const service = await expectService(by(from), principal.name, params.server_id, body);
      await parts.expectationsChanged(params.server_id);
      return service;
    },
    expectServices: async ({ params, body, principal, from }) => {
      const answer = await expectServices(by(from), principal.name, params.server_id, body.services);
      await parts.expectationsChanged(params.server_id);
      return answer;
    },
    changeService: async ({ params, body, principal, from }) => {
      const { server_id, service_name } = params;
      const service = await changeExpectation(by(from), principal.name, server_id, service_name, body);
      await parts.expectationsChanged(server_id);
      return service;
    },
    forgetService: async ({ params, principal, from }): Promise<ResponseOf<typeof api.forgetService>> => {
      await forgetService(by(from), principal.name, params.server_id, params.service_name);
      await parts.expectationsChanged(params.server_id);
      return null;
    },
  };
}
