import { type ResponseOf, type api, targetOf } from '@homelabcmd/protocol';
import type { Origin } from '../events/audit-trail.ts';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { type ChangeParts, deletePolicy, putPolicy, resumePolicy } from './change.ts';
import { readAutomation } from './storm.ts';
import { allPolicies, effectivePolicy, readPolicy } from './rows.ts';

type Routes = Pick<
  typeof api,
  | 'listPolicies'
  | 'getPolicy'
  | 'putPolicy'
  | 'deletePolicy'
  | 'resumePolicy'
  | 'effectivePolicy'
  | 'automation'
>;

export interface PoliciesParts extends ChangeParts {
  readonly db: Store;
  readonly clock: Clock;
}

export function policyHandlers(parts: PoliciesParts): Handlers<Routes> {
  const { db, clock } = parts;
  const by = (from: Origin) => ({ ...parts, log: parts.log.from(from) });
  return {
    listPolicies: async ({ query: { limit, offset } }) => {
      const all = await allPolicies(db, clock.nowMs());
      return { policies: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    getPolicy: ({ params }) => readPolicy(db, params.policy_name, clock.nowMs()),
    putPolicy: ({ params, body, principal, from }) =>
      putPolicy(by(from), principal.name, params.policy_name, body),
    deletePolicy: async ({ params, principal, from }): Promise<ResponseOf<typeof api.deletePolicy>> => {
      await deletePolicy(by(from), principal.name, params.policy_name);
      return null;
    },
    resumePolicy: ({ params, principal, from }) => resumePolicy(by(from), principal.name, params.policy_name),
    effectivePolicy: ({ params }) =>
      effectivePolicy(db, params.server_id, targetOf(params.service_name), clock.nowMs()),
    automation: () => readAutomation(db),
  };
}
