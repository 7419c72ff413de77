import { expect, test } from 'vitest';
import { type Why, whySentence } from './why.ts';

const WHY: Why = {
  invocation_id: 'a',
  result: 'success',
  exit_code: null,
  signal: null,
  signal_name: null,
  oom: false,
  start_limit_hit: false,
  main_pid: null,
  memory_peak_bytes: null,
  stopped_at: null,
  ran_for_ms: null,
  restart_setting: 'no',
  will_retry: false,
  journal: [],
};

test.each<[cause: Partial<Why>, sentence: string]>([
  [{ result: 'success' }, 'It stopped without an error.'],
  [{ result: 'success', exit_code: 0 }, 'It stopped without an error.'],
  [{ result: 'exit-code', exit_code: 3 }, 'Its main process ended with exit code 3.'],
  [{ result: 'signal', signal: 9, signal_name: 'SIGKILL' }, 'Its main process was ended by SIGKILL.'],
  [{ result: 'signal', signal: 42 }, 'Its main process was ended by signal 42.'],
  [{ result: 'oom-kill', oom: true, signal: 9, signal_name: 'SIGKILL' }, 'It ran out of memory.'],
  [
    { result: 'exit-code', exit_code: 1, start_limit_hit: true },
    'It failed too often in a short time, so systemd gave up on it.',
  ],
  [{ result: 'timeout' }, 'It did not start or stop in the time that it is given.'],
  [{ result: 'watchdog' }, 'It stopped answering its watchdog.'],
  [{ result: 'core-dump' }, 'Its main process crashed and left a core dump.'],
  [{ result: 'resources' }, 'systemd could not give it the resources that it needs.'],
  [{ result: 'protocol' }, 'It did not follow the start-up protocol that its unit file promises.'],
  [{ result: 'exec-condition' }, 'A condition in its unit file kept it from running.'],
  [{ result: 'dependency' }, 'A unit that it depends on did not start.'],
  [{ result: 'a-word-of-tomorrow' }, 'systemd says: a-word-of-tomorrow.'],
  [{ result: 'constructor' }, 'systemd says: constructor.'],
  [{ result: '' }, 'systemd gives no reason.'],
])('%j is said as %j', (cause, sentence) => {
  expect(whySentence({ ...WHY, ...cause })).toBe(sentence);
});
