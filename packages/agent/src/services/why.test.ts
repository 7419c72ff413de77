import { expect, test } from 'vitest';
import { Why, whySentence } from '@homelabcmd/protocol';
import { absentUnit, type UnitState } from '../systemd/port.ts';
import { isStartLimitHit, whyOf, wouldRestart } from './why.ts';

const failed = (change: Partial<UnitState>): UnitState => ({
  ...absentUnit('plex.service'),
  loadState: 'loaded',
  activeState: 'failed',
  subState: 'failed',
  invocationId: 'aa',
  startLimitBurst: 5,
  startLimitIntervalMs: 10_000,
  ...change,
});
const nothing = { journal: [], recentStarts: 0, memoryPeakBytes: null };

test('a killed main process: signal, with its name, times and pid', () => {
  const state = failed({
    result: 'signal',
    mainCode: 2,
    mainStatus: 9,
    mainLastPid: 141,
    mainStartedAtMs: 1_000_000,
    mainExitedAtMs: 1_004_500,
    restart: 'no',
  });
  const why = Why.parse(whyOf(state, nothing));
  expect(why).toMatchObject({
    signal: 9,
    signal_name: 'SIGKILL',
    exit_code: null,
    main_pid: 141,
    ran_for_ms: 4500,
    stopped_at: '1970-01-01T00:16:44.500Z',
    will_retry: false,
  });
  expect(whySentence(why)).toBe('Its main process was ended by SIGKILL.');
});

test.each([
  [
    'an exit code',
    { result: 'exit-code', mainCode: 1, mainStatus: 3 },
    'Its main process ended with exit code 3.',
  ],
  [
    'a core dump',
    { result: 'core-dump', mainCode: 3, mainStatus: 11 },
    'Its main process was ended by SIGSEGV.',
  ],
  ['out of memory', { result: 'oom-kill', mainCode: 2, mainStatus: 9 }, 'It ran out of memory.'],
  ['a timeout', { result: 'timeout' }, 'It did not start or stop in the time that it is given.'],
  [
    'the start limit',
    { result: 'exit-code', mainCode: 1, mainStatus: 3, restart: 'always', nRestarts: 5 },
    'It failed too often in a short time, so systemd gave up on it.',
  ],
])('%s', (_name, change, sentence) => {
  expect(whySentence(whyOf(failed(change), nothing))).toBe(sentence);
});

test('a clean stop has no signal as its reason', () => {
  const why = whyOf(
    failed({ activeState: 'inactive', result: 'success', mainCode: 2, mainStatus: 15 }),
    nothing,
  );
  expect(why.signal).toBeNull();
  expect(whySentence(why)).toBe('It stopped without an error.');
});

test('what was measured stands in for a peak that systemd does not know', () => {
  expect(whyOf(failed({}), { ...nothing, memoryPeakBytes: 7 }).memory_peak_bytes).toBe(7);
  expect(whyOf(failed({ memoryPeakBytes: 9 }), { ...nothing, memoryPeakBytes: 7 }).memory_peak_bytes).toBe(9);
});

test.each<[string, Partial<UnitState>, number, boolean]>([
  ['systemd says so', { result: 'start-limit-hit' }, 0, true],
  ['an older reason, restarts used up', { result: 'signal', restart: 'always', nRestarts: 5 }, 0, true],
  ['starts by people count too', { result: 'signal', restart: 'on-failure', nRestarts: 1 }, 5, true],
  ['not often enough', { result: 'signal', restart: 'always', nRestarts: 4 }, 4, false],
  ['systemd would not have tried', { result: 'exit-code', restart: 'no', nRestarts: 9 }, 9, false],
  ['not for this result', { result: 'exit-code', restart: 'on-abort', nRestarts: 9 }, 9, false],
  ['no limit', { result: 'signal', restart: 'always', nRestarts: 9, startLimitIntervalMs: 0 }, 9, false],
  [
    'still trying',
    { result: 'signal', restart: 'always', nRestarts: 9, activeState: 'activating' },
    9,
    false,
  ],
])('start limit: %s', (_name, change, recentStarts, hit) => {
  expect(isStartLimitHit(failed(change), recentStarts)).toBe(hit);
});

test.each([
  ['always', 'success', true],
  ['on-success', 'success', true],
  ['on-success', 'signal', false],
  ['on-failure', 'success', false],
  ['on-failure', 'timeout', true],
  ['on-abnormal', 'exit-code', false],
  ['on-abnormal', 'watchdog', true],
  ['on-abort', 'core-dump', true],
  ['on-abort', 'timeout', false],
  ['on-watchdog', 'watchdog', true],
  ['on-watchdog', 'signal', false],
  ['no', 'signal', false],
])('Restart=%s after %s: %s', (restart, result, expected) => {
  expect(wouldRestart(restart, result)).toBe(expected);
});
