import {
  type AlertKind,
  API_BASE,
  type AlertRule,
  type AlertRuleSettings,
  type api,
} from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf, newSecret } from '../lib/secrets.ts';
import { timestamp } from '../lib/clock.ts';
import { shownJob } from './core/jobs.ts';
import type { Draft } from './core/memory.ts';
import type { AlertEngine } from './engine.ts';
import { PingPace } from './ping-pace.ts';
import { ALL_RULES, ruleOf } from './rules/registry.ts';

type Routes = Pick<
  typeof api,
  'listAlertRules' | 'putAlertRule' | 'resetAlertRule' | 'listJobs' | 'createJob' | 'deleteJob' | 'ping'
>;

export interface RuleParts {
  readonly alerts: AlertEngine;
  readonly clock: Clock;
  readonly basePath: string;
}

export function alertRuleHandlers({ alerts, clock, basePath }: RuleParts): Handlers<Routes> {
  const pace = new PingPace();
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
    listJobs: async ({ query: { limit, offset } }) => {
      const all = alerts.known
        .all('jobs')
        .map(([, job]) => shownJob(job, clock.nowMs()))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return { jobs: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    createJob: async ({ body, from }) => {
      const token = newSecret('ping');
      const { actor } = from;
      const job = await alerts.act(from, (draft, nowMs) => {
        const { name, kind, every_ms: everyMs, grace_ms: graceMs } = body;
        if (draft.all('jobs').some(([, other]) => other.name === name))
          throw new Refusal('already_exists', `There is a job ${name} already`);
        const jobId = draft.fleet.lastJobId + 1;
        draft.setFleet({ lastJobId: jobId });
        const value = {
          ...{ jobId, name, kind, everyMs, graceMs, tokenDigest: digestOf(token) },
          ...{ lastPingMs: null, lastFailure: null, createdMs: nowMs, createdBy: actor },
        };
        draft.put('jobs', String(jobId), value);
        const detail = { job_id: jobId, ...body };
        return { value, audit: { verb: 'job.created', actor, serverId: null, detail } };
      });
      return { job: shownJob(job, clock.nowMs()), ping_path: `${basePath}${API_BASE}/pings/${token}` };
    },
    deleteJob: async ({ params: { job_id }, from }) => {
      const { actor } = from;
      await alerts.act(from, (draft) => {
        const name = deleteJob(draft, job_id);
        const detail = { job_id, name };
        return { value: null, audit: { verb: 'job.removed', actor, serverId: null, detail } };
      });
      return null;
    },
    ping: async ({ params: { ping_token }, body, from }) => {
      const digest = digestOf(ping_token);
      const found = alerts.known.all('jobs').find(([, job]) => job.tokenDigest === digest);
      if (found === undefined) throw new Refusal('not_found', 'There is no job with this address to ping.');
      const [id] = found;
      pace.refuseTooMany(id, clock.nowMs());
      const failed = body !== null && body !== undefined && 'failed' in body ? body.failed : null;
      await alerts.act(from, (draft, nowMs) => {
        const job = draft.get('jobs', id);
        if (job !== null) draft.put('jobs', id, { ...job, lastPingMs: nowMs, lastFailure: failed });
        return { value: null };
      });
      return null;
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

/** Its alert, if there is one, ends with it. @throws Refusal `not_found` */
function deleteJob(draft: Draft, jobId: number): string {
  const id = String(jobId);
  const job = draft.get('jobs', id);
  if (job === null) throw new Refusal('not_found', 'Job not found');
  draft.put('jobs', id, null);
  for (const [key, subject] of draft.all('subjects')) {
    const isOfJob = subject.kind === 'backup_overdue' || subject.kind === 'job_overdue';
    if (isOfJob && subject.id === id) draft.put('subjects', key, { ...subject, condition: null });
  }
  return job.name;
}
