import { type Finding, findingOf, findingSentence, needsAttention, type Service } from '@homelabcmd/protocol';

/** Whether somebody has to hear of this service, and for how long it may be so before. */
export function troubleOf(service: Service): { readonly graceMs: number } | null {
  return needsAttention(service) ? { graceMs: service.grace_seconds * 1000 } : null;
}

/** What is the matter, as the end of a sentence that begins with the name of the service. */
const STANDING: Readonly<Record<Finding, string>> = {
  running: 'runs',
  done: 'has done its work',
  waiting: 'waits',
  listening: 'listens',
  changing: 'is on its way',
  unknown: 'is unknown',
  stopped_on_purpose: 'was stopped on purpose',
  probe_not_allowed: 'runs',
  stopped: 'stopped',
  failed: 'failed',
  out_of_memory: 'ran out of memory',
  timed_out: 'did not start or stop in time',
  hung: 'hung',
  cannot_start: 'cannot start',
  gave_up: 'failed too often',
  crash_loop: 'is in a crash loop',
  exited: 'ended by itself',
  not_started_at_boot: 'was not started at boot',
  masked: 'is masked',
  not_found: 'is not there',
  unit_file_gone: 'has lost its unit file',
  broken_unit: 'has a broken unit file',
  dependency_failed: 'lacks a unit that it needs',
  condition_unmet: 'was not started: a condition is not met',
  not_answering: 'does not answer',
  frozen: 'is frozen',
  degraded: 'lost a process for want of memory',
  timer_not_running: 'is started by nothing: its timer does not run',
  last_run_failed: 'failed at its last run',
  not_listening: 'is not listening',
};

export const standingOf = (service: Service): string => STANDING[findingOf(service)];

const LINES = 8;
const LONGEST_LINE = 2000;

/** The last that it wrote before it ended. */
export const linesOf = ({ why }: Service): string[] =>
  (why?.journal ?? []).slice(-LINES).map(({ message }) => message.slice(0, LONGEST_LINE));

export const detailOf = (service: Service): string => findingSentence(service).slice(0, 1000);
