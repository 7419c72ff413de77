import { isDown, isNotAnswering, type Service } from '../service.ts';

/** What is to be said of a service, in one word. The words that people read are in `finding-words.ts`. */
export type Finding = keyof typeof MEANING;
export type Meaning = 'well' | 'quiet' | 'attention';

/** `quiet`: it is shown, and nobody is called for it. */
export const MEANING = {
  running: 'well',
  /** A one-shot that has ended without an error. */
  done: 'well',
  /** A timer that waits for its time, or a service that starts when it is asked for. */
  waiting: 'well',
  listening: 'well',
  /** It is on its way: starting, stopping, or its turn has not come. */
  changing: 'well',
  unknown: 'quiet',
  stopped_on_purpose: 'quiet',
  probe_not_allowed: 'quiet',
  /** It does not run, and an older agent does not say how that came. */
  stopped: 'attention',
  failed: 'attention',
  out_of_memory: 'attention',
  timed_out: 'attention',
  hung: 'attention',
  cannot_start: 'attention',
  gave_up: 'attention',
  crash_loop: 'attention',
  exited: 'attention',
  not_started_at_boot: 'attention',
  masked: 'attention',
  not_found: 'attention',
  unit_file_gone: 'attention',
  broken_unit: 'attention',
  dependency_failed: 'attention',
  condition_unmet: 'attention',
  not_answering: 'attention',
  frozen: 'attention',
  degraded: 'attention',
  timer_not_running: 'attention',
  last_run_failed: 'attention',
  not_listening: 'attention',
} as const satisfies Record<string, Meaning>;

export type Found = Pick<Service, 'target' | 'status' | 'state_class' | 'probe' | 'probe_report'> &
  Partial<Pick<Service, 'why' | 'circumstances' | 'load_state' | 'sub_state' | 'unit_type' | 'unit_file'>>;

/** What systemd, and the probe, say of a service. It rests on what was observed alone: not on who expects it, nor on the time. */
export function findingOf(service: Found): Finding {
  const { status, state_class, circumstances } = service;
  if (status === 'unknown') return 'unknown';
  if (status === 'not_found') return service.unit_file ? 'unit_file_gone' : 'not_found';
  if (state_class === 'crash_loop') return 'crash_loop';
  if (!isDown(status)) return ofActive(service);
  if (status === 'stopped' && circumstances?.job_queued === true) return 'changing';
  if (service.load_state === 'masked') return 'masked';
  if (service.load_state === 'bad-setting' || service.load_state === 'error') return 'broken_unit';
  if (isStoppedByRequest(service)) return 'stopped_on_purpose';
  if (kindOf(service) === 'timer') return 'timer_not_running';
  if (kindOf(service) === 'socket') return 'not_listening';
  return status === 'failed' ? ofFailed(service) : ofStopped(service);
}

/** Whether the unit is as it should be. */
export const isWell = (finding: Finding): boolean => MEANING[finding] === 'well';
const UP: readonly Finding[] = ['running', 'done', 'waiting', 'listening', 'probe_not_allowed', 'degraded'];
/** Whether it counts among those that run. */
export const isUp = (finding: Finding): boolean => UP.includes(finding);
/** Whether somebody has to see to it. */
export const isTrouble = (finding: Finding): boolean => MEANING[finding] === 'attention';

/** It should run, or answer, and does not: the reason for the Needs-you list, on every page and in every count. */
export const needsAttention = (service: Found & Pick<Service, 'expected' | 'enabled'>): boolean =>
  service.expected && service.enabled && isTrouble(findingOf(service));

/** It has not been unwell for as long as whoever expects it lets it. Asked beside `needsAttention`, by who knows the hub's time. */
export const isInGrace = (service: Pick<Service, 'grace_seconds' | 'unwell_since'>, nowMs: number): boolean =>
  Boolean(service.unwell_since) &&
  nowMs < Date.parse(service.unwell_since ?? '') + service.grace_seconds * 1000;

function kindOf({ target }: Pick<Found, 'target'>): 'timer' | 'socket' | 'service' {
  if (target.endsWith('.timer')) return 'timer';
  return target.endsWith('.socket') ? 'socket' : 'service';
}

function ofActive(service: Found): Finding {
  const { status, circumstances, load_state } = service;
  if (status === 'activating' || status === 'deactivating') return 'changing';
  if (load_state === 'not-found') return 'unit_file_gone';
  switch (kindOf(service)) {
    case 'timer':
      return circumstances?.timer?.last_run === 'failed' ? 'last_run_failed' : 'waiting';
    case 'socket':
      return 'listening';
    case 'service':
  }
  if (circumstances?.frozen === true) return 'frozen';
  if (isNotAnswering(service)) return 'not_answering';
  if ((circumstances?.oom_kills ?? 0) > 0) return 'degraded';
  if (service.sub_state === 'exited') return 'done';
  const isKept = service.probe !== null && service.probe_report?.verdict === 'not_allowed';
  return isKept ? 'probe_not_allowed' : 'running';
}

/** The exit codes of a program that was asked to end, by SIGINT or SIGTERM, and says so in the shell's way. */
export const ASKED_TO_END: readonly number[] = [130, 143];

function isStoppedByRequest({ status, why, circumstances }: Found): boolean {
  if (circumstances?.ending !== 'asked' || circumstances.dependency_failed) return false;
  if (circumstances.failed_requirements.length > 0) return false;
  if (circumstances.triggered_by.some(({ active }) => active)) return false;
  return status === 'stopped' || ASKED_TO_END.includes(why?.exit_code ?? 0);
}

/** systemd's own exit codes: of what it does in a new process before the program is there. */
const isOfSystemd = (exitCode: number): boolean => exitCode >= 200 && exitCode <= 245;

function ofFailed({ why }: Found): Finding {
  if (!why) return 'failed';
  if (why.start_limit_hit) return 'gave_up';
  if (why.oom) return 'out_of_memory';
  switch (why.result) {
    case 'timeout':
      return 'timed_out';
    case 'watchdog':
      return 'hung';
    case 'dependency':
      return 'dependency_failed';
    case 'exit-code':
      return isOfSystemd(why.exit_code ?? 0) ? 'cannot_start' : 'failed';
    default:
      return 'failed';
  }
}

const CLEAN = ['', 'success', 'exec-condition'];

function ofStopped(service: Found): Finding {
  const { circumstances } = service;
  if (!circumstances) return 'stopped';
  const { ending, triggered_by } = circumstances;
  const isWithoutNeeded = circumstances.dependency_failed || circumstances.failed_requirements.length > 0;
  if (isWithoutNeeded && ending !== 'by_itself') return 'dependency_failed';
  if (triggered_by.some(({ active }) => active)) return 'waiting';
  if (triggered_by.some(({ unit }) => unit.endsWith('.timer'))) return 'timer_not_running';
  if (triggered_by.some(({ unit }) => unit.endsWith('.socket'))) return 'not_listening';
  if (circumstances.condition_unmet) return 'condition_unmet';
  if (ending === 'never_started') return 'not_started_at_boot';
  if (ending !== 'by_itself') return 'stopped';
  if (!CLEAN.includes(service.why?.result ?? '')) return 'failed';
  return service.unit_type === 'oneshot' ? 'done' : 'exited';
}

/** Where a finding is told by other words than its name. */
const WORDS: Partial<Record<Finding, string>> = {
  probe_not_allowed: 'running, probe not allowed',
  gave_up: 'failed too often',
  exited: 'ended by itself',
  not_started_at_boot: 'not started',
  broken_unit: 'unit file broken',
  condition_unmet: 'condition not met',
};

/** A few words, as a status has them. */
export const findingWords = (finding: Finding): string => WORDS[finding] ?? finding.replaceAll('_', ' ');
