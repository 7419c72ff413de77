import { type Action, type LiveEvent, OPEN_STATUSES, api, isOpen } from '@homelabcmd/protocol';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { ask, call } from './call.ts';
import { everyPage } from './every-page.ts';
import { applyFact, liveQuery } from './live/live-query.ts';
import { newer, put, without } from './live/newer.ts';
import { hasCode } from './problem.ts';

const PAGE = 500;

type Actions = readonly Action[];

const actionOf = (fact: LiveEvent): Action | null => ('action' in fact.data ? fact.data.action : null);

/** Keeps a list of actions true; newest first. */
export function reduceActions(
  actions: Actions,
  fact: LiveEvent,
  belongs: (action: Action) => boolean,
): Actions {
  if (fact.type === 'server.deleted')
    return without(actions, (action) => action.server_id === fact.server_id);
  const told = actionOf(fact);
  if (told === null) return actions;
  const isIt = (action: Action) => action.action_id === told.action_id;
  const known = actions.find(isIt);
  if (known !== undefined && newer(known, told) === known) return actions;
  if (!belongs(told)) return without(actions, isIt);
  return known === undefined ? [told, ...actions] : put(actions, told, isIt);
}

export function reduceAction(action: Action, fact: LiveEvent): Action {
  const told = actionOf(fact);
  return told?.action_id === action.action_id ? newer(action, told) : action;
}

/** Every action that is not over. */
const openActionsQuery = liveQuery<Actions>({
  key: ['actions', 'open'],
  read: (signal) =>
    everyPage(async (offset) => {
      const query = { status: OPEN_STATUSES.join(','), limit: PAGE, offset };
      const { body, asOf } = await ask(api.listActions, { query, signal });
      return { body: { items: body.actions, total: body.total }, asOf };
    }),
  reduce: (actions, fact) => reduceActions(actions, fact, (action) => isOpen(action.status)),
});

const actionQuery = (actionId: number) =>
  liveQuery<Action>({
    key: ['action', actionId],
    read: (signal) => ask(api.getAction, { params: { action_id: actionId }, signal }),
    reduce: reduceAction,
  });

export const useOpenActions = () => useQuery(openActionsQuery);
export const useAction = (actionId: number) => useQuery(actionQuery(actionId));

/** Takes in what the hub has stored, from the answer to a request: it may be here before the stream tells it. */
function adopt(client: QueryClient, action: Action): Action {
  const { revision: id, created_at: at, server_id, created_by: actor } = action;
  applyFact(client, { id, at, type: 'action.progress', server_id, actor, data: { action } });
  return action;
}

export async function requestRestart(
  client: QueryClient,
  serverId: string,
  serviceName: string,
): Promise<Action> {
  const params = { server_id: serverId, service_name: serviceName };
  return adopt(client, await call(api.restartService, { params }));
}

export type Decision =
  | { readonly kind: 'approve' }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'resolve'; readonly note: string };

/** Decides an action. An approval names exactly what was shown, by its digest. @throws ApiProblem */
export async function decide(client: QueryClient, action: Action, decision: Decision): Promise<Action> {
  const params = { action_id: action.action_id };
  switch (decision.kind) {
    case 'approve':
      return adopt(client, await approve(action));
    case 'reject':
      return adopt(client, await call(api.rejectAction, { params, body: { reason: decision.reason } }));
    case 'cancel':
      return adopt(client, await call(api.cancelAction, { params }));
    case 'resolve':
      return adopt(client, await call(api.resolveAction, { params, body: { note: decision.note } }));
  }
}

/** Where only a passkey can approve, the hub says so, and one is asked. @throws ApiProblem */
async function approve(action: Action): Promise<Action> {
  const params = { action_id: action.action_id };
  const { digest } = action;
  try {
    return await call(api.approveAction, { params, body: { digest } });
  } catch (error) {
    if (!hasCode(error, 'seal_required')) throw error;
    const { signApproval } = await import('./access/sign-approval.ts');
    const seal = await signApproval(action);
    return call(api.approveAction, { params, body: { digest, seal } });
  }
}

/** Reads an action again, after the hub said that it has moved on. */
export function refreshAction(client: QueryClient, action: Action): void {
  void client.invalidateQueries({ queryKey: ['actions'] });
  void client.invalidateQueries({ queryKey: ['action', action.action_id] });
}
