import { ACTION_KINDS, isFinal } from '@homelabcmd/protocol';
import { isOfAction } from '../core/facts.ts';
import { CONDITION } from '../core/subject.ts';
import { type Rule, SETTINGS } from './rule.ts';

export const actionUnknown: Rule<'action_unknown'> = {
  kind: 'action_unknown',
  summary: 'Nobody knows whether an order was carried out.',
  unit: null,
  defaults: SETTINGS,
  find(fact, draft) {
    if (!isOfAction(fact)) return [];
    const { action } = fact.data;
    const { target: id, service_name: label } = action;
    const about = { kind: 'action_unknown', serverId: fact.serverId, id, label } as const;
    if (fact.type !== 'action.unknown') return isFinal(action.status) ? [{ ...about, condition: null }] : [];
    const server = draft.get('servers', fact.serverId)?.name ?? fact.serverId;
    const { noun } = ACTION_KINDS[action.action_type];
    const condition = {
      ...{ ...CONDITION, sinceMs: fact.atMs, actionId: action.action_id },
      title: `Nobody knows how the ${noun} of ${label} on ${server} ended`,
      detail: action.steps.at(-1)?.detail.slice(0, 1000) ?? null,
    };
    return [{ ...about, condition }];
  },
};
