import { assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { Service } from '../service.ts';
import { targetOf } from '../service-target.ts';
import type { Circumstances } from './circumstances.ts';
import {
  type Finding,
  findingOf,
  MEANING,
  findingWords,
  isInGrace,
  isTrouble,
  isUp,
  isWell,
  needsAttention,
} from './finding.ts';
import { findingSentence } from './finding-words.ts';

const FINDINGS = Object.keys(MEANING) as Finding[];

const around = (change: Partial<Circumstances> = {}): Circumstances => ({
  ...{ job_queued: false, ending: null, load_problem: '', failed_requirements: [], dependency_failed: false },
  ...{ triggered_by: [], condition_unmet: false, frozen: false, oom_kills: 0, alias_of: '', timer: null },
  other_names: [],
  ...change,
});

const service = (change: Partial<Service>, name = 'plex'): Service =>
  ({
    ...{ target: targetOf(name), expected: true, enabled: true, status: 'stopped', state_class: 'down' },
    ...{ load_state: 'loaded', sub_state: 'dead', unit_type: 'simple', unit_file: '/etc/systemd/system/x' },
    ...{ probe: null, probe_report: null, why: null, circumstances: around() },
    ...change,
  }) as Service;

const down = (ending: Circumstances['ending'], change: Partial<Circumstances> = {}) => ({
  circumstances: around({ ending, ...change }),
});
const why = (change: object) =>
  ({
    why: { result: 'exit-code', exit_code: 1, oom: false, start_limit_hit: false, ...change },
  }) as unknown as Partial<Service>;
const timer = (last_run: 'well' | 'failed' | null) =>
  around({ timer: { starts: 'backup.service', next_at: null, last_at: null, last_run } });
const behind = (unit: string, active: boolean) => ({ triggered_by: [{ unit, active }] });

test.each<[Finding, string, Partial<Service>, string?]>([
  ['running', 'runs', { status: 'running', state_class: 'running' }],
  ['changing', 'starts', { status: 'activating', state_class: 'running' }],
  ['changing', 'waits for its turn at boot', down('never_started', { job_queued: true })],
  ['unknown', 'was never reported', { status: 'unknown', state_class: null }],
  ['crash_loop', 'ends again and again', { status: 'activating', state_class: 'crash_loop' }],
  ['stopped_on_purpose', 'was asked to stop', down('asked')],
  [
    'stopped_on_purpose',
    'was asked to stop and says so by its exit code',
    { status: 'failed', ...down('asked'), ...why({ exit_code: 143 }) },
  ],
  [
    'failed',
    'was asked to stop and failed in that',
    { status: 'failed', ...down('asked'), ...why({ exit_code: 1 }) },
  ],
  [
    'timed_out',
    'was asked to stop and did not',
    { status: 'failed', ...down('by_itself'), ...why({ result: 'timeout' }) },
  ],
  ['exited', 'ended with 0', down('by_itself')],
  ['failed', 'failed, and the failure was reset', { ...down('by_itself'), ...why({ result: 'signal' }) }],
  ['done', 'is a one-shot that ended well', { unit_type: 'oneshot', ...down('by_itself') }],
  [
    'done',
    'is a one-shot that stays active',
    { status: 'running', state_class: 'running', sub_state: 'exited' },
  ],
  ['not_started_at_boot', 'did not run since boot', down('never_started')],
  [
    'dependency_failed',
    'lacks what it needs',
    down('never_started', { failed_requirements: ['db.service'] }),
  ],
  [
    'dependency_failed',
    'was stopped because what it needs has failed',
    down('asked', { failed_requirements: ['db.service'] }),
  ],
  [
    'exited',
    'ended by itself beside something that failed',
    down('by_itself', { failed_requirements: ['db.service'] }),
  ],
  ['condition_unmet', 'had a condition that was not met', down('never_started', { condition_unmet: true })],
  ['waiting', 'waits behind its socket', down('by_itself', behind('plex.socket', true))],
  [
    'waiting',
    'was stopped, and its socket starts it when it is asked for',
    down('asked', behind('plex.socket', true)),
  ],
  ['not_listening', 'has a socket that is closed', down('never_started', behind('plex.socket', false))],
  ['timer_not_running', 'has a timer that does not run', down('by_itself', behind('plex.timer', false))],
  ['masked', 'is masked', { load_state: 'masked', ...down('asked') }],
  ['running', 'is masked and runs', { status: 'running', state_class: 'running', load_state: 'masked' }],
  ['broken_unit', 'has a unit file that cannot be read', { load_state: 'bad-setting' }],
  ['not_found', 'is not there', { status: 'not_found', unit_file: '' }],
  ['unit_file_gone', 'was there', { status: 'not_found' }],
  [
    'unit_file_gone',
    'runs without its file',
    { status: 'running', state_class: 'running', load_state: 'not-found' },
  ],
  [
    'frozen',
    'is frozen',
    { status: 'running', state_class: 'running', circumstances: around({ frozen: true }) },
  ],
  [
    'degraded',
    'lost a process',
    { status: 'running', state_class: 'running', circumstances: around({ oom_kills: 1 }) },
  ],
  ['out_of_memory', 'ran out of memory', { status: 'failed', ...why({ result: 'oom-kill', oom: true }) }],
  ['hung', 'hung', { status: 'failed', ...why({ result: 'watchdog' }) }],
  ['cannot_start', 'has no program', { status: 'failed', ...why({ exit_code: 203 }) }],
  ['gave_up', 'failed too often', { status: 'failed', ...why({ start_limit_hit: true }) }],
  ['stopped', 'is of an agent that does not say more', { circumstances: undefined as never }],
  [
    'waiting',
    'is a timer',
    { status: 'running', state_class: 'running', circumstances: timer('well') },
    'backup.timer',
  ],
  [
    'last_run_failed',
    'is a timer whose run failed',
    { status: 'running', state_class: 'running', circumstances: timer('failed') },
    'backup.timer',
  ],
  ['timer_not_running', 'is a timer that was never started', down('never_started'), 'backup.timer'],
  ['stopped_on_purpose', 'is a timer that somebody stopped', down('asked'), 'backup.timer'],
  ['timer_not_running', 'is a timer that failed', { status: 'failed', ...down('by_itself') }, 'backup.timer'],
  ['listening', 'is a socket', { status: 'running', state_class: 'running' }, 'cups.socket'],
  ['not_listening', 'is a socket that failed', { status: 'failed', ...down('by_itself') }, 'cups.socket'],
])('%s: it %s', (finding, _what, change, name) => {
  expect(findingOf(service(change, name))).toBe(finding);
});

test('each finding is well, quiet or trouble, and has words and a sentence for people', () => {
  for (const finding of FINDINGS) {
    expect(isWell(finding) && isTrouble(finding)).toBe(false);
    if (isUp(finding)) expect(finding === 'degraded' || !isTrouble(finding)).toBe(true);
    expect(findingWords(finding)).toMatch(/^[a-z][a-z, -]*$/);
  }
  assert(
    property(constantFrom('stopped', 'failed', 'running', 'not_found', 'unknown'), (status) => {
      expect(findingSentence(service({ status } as Partial<Service>))).toMatch(/^[A-Z].*\.$/);
    }),
  );
});

test('nobody is called for what is paused, or expected by nobody, or was stopped on purpose', () => {
  const failed = { status: 'failed' as const };
  expect(needsAttention(service(failed))).toBe(true);
  expect(needsAttention(service({ ...failed, enabled: false }))).toBe(false);
  expect(needsAttention(service({ ...failed, expected: false }))).toBe(false);
  expect(needsAttention(service(down('asked')))).toBe(false);
});

test('grace lasts so long from when it was first unwell, and not at all where it is well', () => {
  const sinceMs = Date.parse('2026-11-22T10:00:00.000Z');
  const of = (grace_seconds: number, unwell_since: string | null = '2026-11-22T10:00:00.000Z') => ({
    grace_seconds,
    unwell_since,
  });
  expect(isInGrace(of(60), sinceMs + 59_999)).toBe(true);
  expect(isInGrace(of(60), sinceMs + 60_000)).toBe(false);
  expect(isInGrace(of(0), sinceMs)).toBe(false);
  expect(isInGrace(of(60, null), sinceMs)).toBe(false);
});
