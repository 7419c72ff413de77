import { API_BASE, type api } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf, newSecret } from '../lib/secrets.ts';
import { shownJob } from './core/jobs.ts';
import type { Draft } from './core/memory.ts';
import type { AlertEngine } from './engine.ts';
import { PingPace } from './ping-pace.ts';

type Routes = Pick<typeof api, 'listJobs' | 'createJob' | 'deleteJob' | 'ping'>;

export interface JobParts {
  readonly alerts: AlertEngine;
  readonly clock: Clock;
  readonly basePath: string;
}

export function jobHandlers({ alerts, clock, basePath }: JobParts): Handlers<Routes> {
  const pace = new PingPace();
  return {
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
