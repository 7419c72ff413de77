import type { WatchedJob } from '@homelabcmd/protocol';
import { timestamp } from '../../lib/clock.ts';
import type { Condition, Draft, JobMemory } from './memory.ts';
import { CONDITION, noteFinding } from './subject.ts';

/** By when it has to have pinged. */
export const dueOfJob = ({ lastPingMs, createdMs, everyMs }: JobMemory): number =>
  (lastPingMs ?? createdMs) + everyMs;

const kindOfJob = ({ kind }: Pick<JobMemory, 'kind'>) =>
  kind === 'backup' ? 'backup_overdue' : 'job_overdue';

export function settleJobs(draft: Draft, nowMs: number): void {
  for (const [id, job] of draft.all('jobs')) {
    const condition = conditionOf(job, nowMs);
    noteFinding(draft, { kind: kindOfJob(job), serverId: null, id, label: job.name, condition });
  }
}

function conditionOf(job: JobMemory, nowMs: number): Condition | null {
  const { name, lastPingMs, lastFailure, graceMs } = job;
  const word = job.kind === 'backup' ? 'backup' : 'job';
  if (lastFailure !== null)
    return {
      ...{ ...CONDITION, sinceMs: lastPingMs ?? nowMs },
      ...{ title: `The ${word} ${name} failed`, detail: lastFailure },
    };
  const dueMs = dueOfJob(job);
  if (nowMs < dueMs + graceMs) return null;
  const last =
    lastPingMs === null
      ? 'It never said that it is well.'
      : `Its last word is of ${timestamp(lastPingMs)} (UTC).`;
  return {
    ...{ ...CONDITION, sinceMs: dueMs + graceMs },
    ...{ title: `The ${word} ${name} did not ping in time`, detail: last },
  };
}

/** As people see it. */
export function shownJob(job: JobMemory, nowMs: number): WatchedJob {
  const dueMs = dueOfJob(job);
  const isLate = nowMs >= dueMs + job.graceMs;
  const hasPinged = job.lastPingMs !== null;
  return {
    ...{ job_id: job.jobId, name: job.name, kind: job.kind, every_ms: job.everyMs, grace_ms: job.graceMs },
    state: job.lastFailure !== null ? 'failed' : isLate ? 'overdue' : hasPinged ? 'well' : 'waiting',
    last_ping_at: job.lastPingMs === null ? null : timestamp(job.lastPingMs),
    last_failure: job.lastFailure,
    due_at: timestamp(dueMs),
    created_at: timestamp(job.createdMs),
    created_by: job.createdBy,
  };
}
