import { whySentence } from '../why.ts';
import { type Finding, findingOf, type Found } from './finding.ts';

const SENTENCES: Readonly<Record<Finding, string>> = {
  running: 'It runs.',
  done: 'It has done its work and ended without an error.',
  waiting: 'It waits until it is asked for.',
  listening: 'It listens.',
  changing: 'systemd is at work on it.',
  unknown: 'Nobody knows how it is.',
  stopped_on_purpose: 'systemd was asked to stop it, and it ended without an error.',
  probe_not_allowed: 'It runs. Whether it answers is not known, because the server does not allow its probe.',
  stopped: 'It does not run.',
  failed: 'It failed.',
  out_of_memory: 'It ran out of memory.',
  timed_out: 'It did not start or stop in the time that it is given.',
  hung: 'It stopped answering its watchdog.',
  cannot_start: 'systemd could not start its program.',
  gave_up: 'It failed too often in a short time, so systemd gave up on it.',
  crash_loop: 'It keeps ending, and systemd keeps starting it.',
  exited: 'It ended without an error, though nobody had asked it to.',
  not_started_at_boot: 'It has not been started since the server booted.',
  masked: 'It is masked: systemd will not start it until somebody unmasks it.',
  not_found: 'The server knows no unit of this name.',
  unit_file_gone: 'Its unit file is gone, so systemd cannot start it again.',
  broken_unit: 'systemd cannot read its unit file.',
  dependency_failed: 'A unit that it needs has failed.',
  condition_unmet: 'A condition in its unit file is not met, so systemd did not start it.',
  not_answering: 'It runs, and does not answer.',
  frozen: 'Its processes are frozen: they exist, and do nothing.',
  degraded: 'It runs, but the kernel has ended one of its processes for want of memory.',
  timer_not_running: 'Its timer does not run, so nothing starts it.',
  last_run_failed: 'Its last run failed.',
  not_listening: 'Nothing listens at its socket.',
};

/** What is the matter with a service, in one sentence, with what is known of the reason. */
export function findingSentence(service: Found): string {
  const finding = findingOf(service);
  const sentence = SENTENCES[finding];
  const { circumstances, why } = service;
  switch (finding) {
    case 'stopped':
    case 'failed':
    case 'cannot_start':
    case 'crash_loop':
      return why ? whySentence(why) : sentence;
    case 'broken_unit':
      return circumstances?.load_problem ? `${sentence} It says: ${circumstances.load_problem}` : sentence;
    case 'dependency_failed':
      return circumstances?.failed_requirements.length
        ? `A unit that it needs has failed: ${circumstances.failed_requirements.join(', ')}.`
        : why?.result === 'dependency'
          ? whySentence(why)
          : sentence;
    case 'last_run_failed':
      return circumstances?.timer ? `The last run of ${circumstances.timer.starts} failed.` : sentence;
    case 'not_answering':
      return service.probe_report?.detail ? `${sentence} ${service.probe_report.detail}` : sentence;
    default:
      return sentence;
  }
}
