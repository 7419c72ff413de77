import { type ResponseOf, type api, targetOf } from '@homelabcmd/protocol';
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
  return {
    listPolicies: async ({ query: { limit, offset } }) => {
      const all = await allPolicies(db, clock.nowMs());
      return { policies: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    getPolicy: ({ params }) => readPolicy(db, params.policy_name, clock.nowMs()),
    putPolicy: ({ params, body, principal }) => putPolicy(parts, principal.name, params.policy_name, body),
    deletePolicy: async ({ params, principal }): Promise<ResponseOf<typeof api.deletePolicy>> => {
      await deletePolicy(parts, principal.name, params.policy_name);
      return null;
    },
    resumePolicy: ({ params, principal }) => resumePolicy(parts, principal.name, params.policy_name),
    effectivePolicy: ({ params }) =>
      effectivePolicy(db, params.server_id, targetOf(params.service_name), clock.nowMs()),
    automation: () => readAutomation(db),
  };
}
