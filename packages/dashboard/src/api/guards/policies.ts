import {
  type BodyInputOf,
  type EffectivePolicy,
  type LiveEvent,
  type Policy,
  api,
} from '@homelabcmd/protocol';
import { useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';
import { liveQuery } from '../live/live-query.ts';

const PAGE = 500;

type Policies = readonly Policy[];
export type PolicyWish = BodyInputOf<typeof api.putPolicy>;

/** Keeps the list true; by name, as the hub gives it. */
function reducePolicies(policies: Policies, fact: LiveEvent): Policies {
  if (fact.type === 'policy.removed') return policies.filter((policy) => policy.name !== fact.data.name);
  if (fact.type === 'server.deleted')
    return policies.some((policy) => policy.server_id === fact.server_id)
      ? policies.filter((policy) => policy.server_id !== fact.server_id)
      : policies;
  if (fact.type !== 'policy.changed' && fact.type !== 'policy.noted') return policies;
  const told = fact.data.policy;
  return [...policies.filter((policy) => policy.name !== told.name), told].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

const policiesQuery = liveQuery<Policies>({
  key: ['policies'],
  read: (signal) =>
    everyPage(async (offset) => {
      const { body, asOf } = await ask(api.listPolicies, { query: { limit: PAGE, offset }, signal });
      return { body: { items: body.policies, total: body.total }, asOf };
    }),
  reduce: reducePolicies,
});

export const usePolicies = () => useQuery(policiesQuery);

const isOfPolicies = (fact: LiveEvent) => fact.type.startsWith('policy.');

/** Who may approve for one service. What holds also changes with the hour, so it is asked for each time it is shown. */
export function useEffectivePolicy(serverId: string, serviceName: string): EffectivePolicy | undefined {
  const query = liveQuery<EffectivePolicy>({
    key: ['policy', serverId, serviceName],
    read: (signal) =>
      ask(api.effectivePolicy, { params: { server_id: serverId, service_name: serviceName }, signal }),
    reduce: (data) => data,
    outdates: (_, fact) =>
      isOfPolicies(fact) || (fact.type === 'server.changed' && fact.server_id === serverId),
  });
  return useQuery({ ...query, staleTime: 0 }).data;
}

/** The stream tells what comes of each. @throws ApiProblem */
export async function putPolicy(name: string, wish: PolicyWish): Promise<void> {
  await call(api.putPolicy, { params: { policy_name: name }, body: wish });
}

export async function removePolicy(name: string): Promise<void> {
  await call(api.deletePolicy, { params: { policy_name: name } });
}

export async function resumePolicy(name: string): Promise<void> {
  await call(api.resumePolicy, { params: { policy_name: name } });
}
