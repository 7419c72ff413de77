import { CONDITION } from '../core/subject.ts';
import { type Rule, SETTINGS, HOUR_MS } from './rule.ts';
import { detailOf, troubleOf, linesOf, standingOf } from './service.ts';

export const serviceDown: Rule<'service_down'> = {
  kind: 'service_down',
  summary: 'An expected service stopped, failed, is gone, or does not answer.',
  unit: null,
  defaults: { ...SETTINGS, severity_if_critical: 'critical', repeat_ms: 4 * HOUR_MS },
  find(fact, draft) {
    if (fact.type === 'service.removed') {
      const { target, service_name } = fact.data;
      const { serverId } = fact;
      return [{ kind: 'service_down', serverId, id: target, label: service_name, condition: null }];
    }
    if (fact.type !== 'service.changed') return [];
    const { service } = fact.data;
    const found = troubleOf(service);
    const server = draft.get('servers', fact.serverId)?.name ?? fact.serverId;
    const condition = found && {
      ...CONDITION,
      ...{ sinceMs: fact.atMs, graceMs: found.graceMs, isCritical: service.critical },
      title: `${service.service_name} ${standingOf(service)} on ${server}`.slice(0, 500),
      ...{ detail: detailOf(service), lines: linesOf(service), actionId: service.open_action_id },
    };
    const { target, service_name: label } = service;
    return [{ kind: 'service_down', serverId: fact.serverId, id: target, label, condition }];
  },
};
