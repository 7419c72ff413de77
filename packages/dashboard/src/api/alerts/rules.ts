import { type AlertKind, type AlertRule, type AlertRuleSettings, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

type Rules = readonly AlertRule[];

const rulesQuery = queryOptions({
  queryKey: ['alert-rules'],
  queryFn: async ({ signal }): Promise<Rules> => (await call(api.listAlertRules, { signal })).alert_rules,
  staleTime: 0,
});

export const useAlertRules = () => useQuery(rulesQuery);

const keep = (client: QueryClient, rule: AlertRule): void =>
  void client.setQueryData<Rules>(rulesQuery.queryKey, (rules) =>
    rules?.map((known) => (known.kind === rule.kind ? rule : known)),
  );

/** @throws ApiProblem `invalid` */
export async function putRule(
  client: QueryClient,
  kind: AlertKind,
  settings: AlertRuleSettings,
): Promise<void> {
  keep(client, await call(api.putAlertRule, { params: { alert_kind: kind }, body: settings }));
}

/** Goes back to what holds where nobody changed it. @throws ApiProblem */
export async function resetRule(client: QueryClient, kind: AlertKind): Promise<void> {
  keep(client, await call(api.resetAlertRule, { params: { alert_kind: kind } }));
}
