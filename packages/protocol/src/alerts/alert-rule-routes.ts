import { z } from 'zod';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';
import { AlertKind } from './alert.ts';
import { AlertRule, AlertRuleSettings, WatchedJob } from './alert-rule.ts';

const RuleParams = z.object({ alert_kind: AlertKind });
const JobParams = z.object({ job_id: z.coerce.number().int().positive() });
const DAY_MS = 86_400_000;

export const alertRuleRoutes = {
  listAlertRules: route({
    method: 'GET',
    path: '/alert-rules',
    summary: 'Every rule with its settings and what they are where nobody changed them',
    tag: 'alerts',
    status: 200,
    response: z.object({ alert_rules: z.array(AlertRule) }),
    problems: [],
  }),
  putAlertRule: route({
    method: 'PUT',
    path: '/alert-rules/:alert_kind',
    summary: 'Change the settings of a rule as a whole',
    tag: 'alerts',
    params: RuleParams,
    body: AlertRuleSettings,
    status: 200,
    response: AlertRule,
    problems: ['invalid'],
  }),
  resetAlertRule: route({
    method: 'DELETE',
    path: '/alert-rules/:alert_kind',
    summary: 'Go back to what holds where nobody changed it',
    tag: 'alerts',
    params: RuleParams,
    status: 200,
    response: AlertRule,
    problems: [],
  }),
  listJobs: route({
    method: 'GET',
    path: '/jobs',
    summary: 'List the jobs that are to ping, by name',
    tag: 'alerts',
    query: Paging,
    status: 200,
    response: listOf('jobs', WatchedJob),
    problems: [],
  }),
  createJob: route({
    method: 'POST',
    path: '/jobs',
    summary: 'Watch a job; the address that it pings is in this answer and never again',
    tag: 'alerts',
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      kind: z.enum(['backup', 'job']).default('job'),
      every_ms: z
        .int()
        .min(60_000)
        .max(400 * DAY_MS),
      grace_ms: z
        .int()
        .min(0)
        .max(30 * DAY_MS)
        .default(0),
    }),
    status: 201,
    response: z.object({ job: WatchedJob, ping_path: z.string() }),
    problems: ['already_exists'],
  }),
  deleteJob: route({
    method: 'DELETE',
    path: '/jobs/:job_id',
    summary: 'Watch a job no longer',
    tag: 'alerts',
    params: JobParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
  ping: route({
    method: 'POST',
    path: '/pings/:ping_token',
    summary: 'A job says that it is well, or, with `failed`, that it is not',
    tag: 'alerts',
    params: z.object({ ping_token: z.string().min(1).max(128) }),
    body: z.strictObject({ failed: z.string().trim().min(1).max(500) }).or(NoBody),
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
} as const;
