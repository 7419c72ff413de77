import { ACTION_KINDS, findingOf, isUp } from '@homelabcmd/protocol';
import { isOfAction } from '../core/facts.ts';
import { CONDITION } from '../core/subject.ts';
import { HOUR_MS, type Rule, SETTINGS } from './rule.ts';

/** Nobody tried again, and nothing more was heard of the service: then it is history. */
const ENDS_MS = 24 * HOUR_MS;

export const restartFailed: Rule<'restart_failed'> = {
  kind: 'restart_failed',
  summary: 'What was asked for and approved did not succeed.',
  unit: null,
  defaults: { ...SETTINGS, severity_if_critical: 'critical' },
  find(fact, draft) {
    const ended = (target: string) =>
      [
        { kind: 'restart_failed', serverId: fact.serverId, id: target, label: null, condition: null },
      ] as const;
    if (fact.type === 'service.removed') return ended(fact.data.target);
    if (fact.type === 'service.changed') {
      const { service } = fact.data;
      const isWell = isUp(findingOf(service));
      // The failure is told by a fact of its own, after which the service may be told of as it was.
      return isWell && service.open_action_id === null ? ended(service.target) : [];
    }
    if (!isOfAction(fact)) return [];
    const { action } = fact.data;
    if (fact.type === 'action.completed') return ended(action.target);
    if (fact.type !== 'action.failed' && fact.type !== 'action.refused') return [];
    const server = draft.get('servers', fact.serverId)?.name ?? fact.serverId;
    const { noun } = ACTION_KINDS[action.action_type];
    const condition = {
      ...CONDITION,
      ...{ sinceMs: fact.atMs, untilMs: fact.atMs + ENDS_MS, actionId: action.action_id },
      isCritical: false,
      title: `The ${noun} of ${action.service_name} on ${server} ${fact.type === 'action.failed' ? 'failed' : 'was refused'}`,
      detail: action.steps.at(-1)?.detail.slice(0, 1000) ?? null,
    };
    const { target: id, service_name: label } = action;
    return [{ kind: 'restart_failed', serverId: fact.serverId, id, label, condition }];
  },
};
