import type { EventData } from '@homelabcmd/protocol';
import type { ReadKind } from './kind.ts';

/** What became of actions. Steps within one status are the action's own page's to tell. */
export const readAction: ReadKind<'action'> = async ({ events, target, from, to }) =>
  events.flatMap(({ id, at, type, actor, dataJson }) => {
    if (!type.startsWith('action.') || type === 'action.progress' || at < from || at > to) return [];
    const { action } = JSON.parse(dataJson) as EventData<'action.requested'>;
    if (target !== null && action.target !== target) return [];
    const { action_id, service_name, status, steps } = action;
    const detail = steps.findLast(({ step }) => step === status)?.detail ?? '';
    return [{ kind: 'action' as const, event_id: id, at, action_id, service_name, status, actor, detail }];
  });
