import type { AlertKind, AlertRule, AlertRuleSettings, api } from '@homelabcmd/protocol';
import { timestamp } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Draft } from './core/memory.ts';
import type { AlertEngine } from './engine.ts';
import { ALL_RULES, ruleOf } from './rules/registry.ts';

type Routes = Pick<typeof api, 'listAlertRules' | 'putAlertRule' | 'resetAlertRule'>;

export function alertRuleHandlers({ alerts }: { alerts: AlertEngine }): Handlers<Routes> {
  return {
    listAlertRules: async () => ({
      alert_rules: ALL_RULES.map(({ kind }) => shownRule(alerts.known, kind)),
    }),
    putAlertRule: async ({ params: { alert_kind: kind }, body, from }) => {
      refuseSenseless(kind, body);
      const { actor } = from;
      await alerts.act(from, (draft, nowMs) => {
        draft.put('rules', kind, { settings: body, changedAt: timestamp(nowMs), changedBy: actor });
        const detail = { kind, settings: body };
        return { value: null, audit: { verb: 'alert_rule.changed', actor, serverId: null, detail } };
      });
      return shownRule(alerts.known, kind);
    },
    resetAlertRule: async ({ params: { alert_kind: kind }, from }) => {
      const { actor } = from;
      await alerts.act(from, (draft) => {
        if (draft.get('rules', kind) === null) return { value: null };
        draft.put('rules', kind, null);
        const audit = { verb: 'alert_rule.reset', actor, serverId: null, detail: { kind } } as const;
        return { value: null, audit };
      });
      return shownRule(alerts.known, kind);
    },
  };
}

function shownRule(draft: Draft, kind: AlertKind): AlertRule {
  const { summary, unit, defaults } = ruleOf(kind);
  const change = draft.get('rules', kind);
  return {
    ...{ kind, summary, unit, settings: change?.settings ?? defaults, defaults },
    ...{ changed_at: change?.changedAt ?? null, changed_by: change?.changedBy ?? null },
  };
}

/** @throws Refusal `invalid` for what the rule does not have, or what could never resolve */
function refuseSenseless(kind: AlertKind, settings: AlertRuleSettings): void {
  const { defaults, isWorseBelow } = ruleOf(kind);
  const { limit, clears_at, severity_if_critical } = settings;
  const errors: { path: string; message: string }[] = [];
  const wrong = (path: string, message: string) => void errors.push({ path, message });
  if ((limit === null) !== (defaults.limit === null))
    wrong('limit', limit === null ? 'This rule needs a limit' : 'This rule has no limit');
  if (clears_at !== null && defaults.limit === null) wrong('clears_at', 'This rule has no limit');
  if (severity_if_critical !== null && defaults.severity_if_critical === null)
    wrong('severity_if_critical', 'This rule knows no critical services');
  if (limit !== null && clears_at !== null) {
    if (isWorseBelow === true && clears_at < limit)
      wrong('clears_at', 'It clears at more days than it fires at, or at as many');
    if (isWorseBelow !== true && clears_at > limit) wrong('clears_at', 'It clears at the limit, or below it');
  }
  const [first] = errors;
  if (first !== undefined) throw new Refusal('invalid', `${first.message}.`, { errors });
}
