import { expect, test } from 'vitest';
import { absentUnit, type UnitState } from '../systemd/port.ts';
import { restartService } from './kinds/restart-service.ts';
import { failureOfCommand, failureWhileSettling } from './verify.ts';

const unit = (change: Partial<UnitState>): UnitState => ({
  ...absentUnit('plex.service'),
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  invocationId: 'new',
  type: 'simple',
  ...change,
});

test.each<[string, Partial<UnitState>, string | null, string, string]>([
  ['its process ended', { activeState: 'failed', result: 'exit-code' }, 'failed', '', 'exit-code'],
  ['it took too long', { activeState: 'failed', result: 'timeout' }, 'failed', '', 'timeout'],
  ['out of memory', { activeState: 'failed', result: 'oom-kill' }, 'failed', '', 'oom-kill'],
  ['a dependency', { activeState: 'inactive' }, 'dependency', '', 'dependency'],
  ['the limit', { activeState: 'failed', result: 'start-limit-hit' }, 'failed', '', 'start-limit-hit'],
  [
    'the limit, by the words of systemctl',
    { activeState: 'failed', result: 'signal' },
    'failed',
    'start of the service was attempted too often',
    'start-limit-hit',
  ],
  ['the job was taken away', { activeState: 'inactive' }, 'canceled', '', 'canceled'],
  ['no word at all', { activeState: 'inactive' }, null, '', 'not-active'],
  ['the job is done, and it is down', { activeState: 'inactive' }, 'done', '', 'not-active'],
  [
    'a dependency, whatever its own result',
    { activeState: 'failed', result: 'signal' },
    'dependency',
    '',
    'dependency',
  ],
])('systemctl failed: %s', (_name, change, job, output, code) => {
  expect(failureOfCommand('restart', unit(change), job, output)?.code).toBe(code);
});

test.each<[string, Partial<UnitState>, string | null]>([
  ['up with a new run', {}, null],
  ['up with the old run', { invocationId: 'old' }, 'not-active'],
  ['skipped by a condition', { activeState: 'inactive', invocationId: '' }, 'not-active'],
  ['up, with a run that nobody saw begin', { invocationId: '' }, 'not-active'],
  ['down again already', { activeState: 'failed', result: 'exit-code' }, 'exit-code'],
  [
    'systemd starts it again',
    { activeState: 'activating', subState: 'auto-restart', result: 'signal' },
    'signal',
  ],
  ['one-shot, over and well', { type: 'oneshot', activeState: 'inactive', subState: 'dead' }, null],
  ['one-shot that failed', { type: 'oneshot', activeState: 'inactive', result: 'exit-code' }, 'exit-code'],
  ['one-shot that still works', { type: 'oneshot', activeState: 'activating' }, 'not-active'],
  ['one-shot that remains', { type: 'oneshot', subState: 'exited' }, null],
  ['simple, over and well', { activeState: 'inactive', subState: 'dead' }, 'not-active'],
])('systemctl returned 0: %s', (_name, change, code) => {
  const state = unit(change);
  expect(restartService.failureAfterCommand(state, state.invocationId, 'old')?.code ?? null).toBe(code);
});

test.each<[string, Partial<UnitState>, string | null]>([
  ['nothing changed', {}, null],
  ['it reloads', { activeState: 'reloading', subState: 'reload' }, null],
  ['it refreshes', { activeState: 'refreshing', subState: 'reload' }, null],
  ['another run without a restart of systemd', { invocationId: 'newer' }, 'flapped'],
  ['systemd counted a restart', { nRestarts: 1 }, 'flapped'],
  ['it failed', { activeState: 'failed', result: 'exit-code' }, 'flapped'],
  ['systemd started it again', { invocationId: 'newer', nRestarts: 1 }, 'flapped'],
  ['it waits to be started again', { activeState: 'activating', subState: 'auto-restart' }, 'flapped'],
  ['someone stopped it', { activeState: 'inactive' }, 'flapped'],
])('while it settles: %s', (_name, change, code) => {
  expect(failureWhileSettling(unit({}), unit(change))?.code ?? null).toBe(code);
});

test('what it found is said in words: the state, the finer state where it differs, and the result where there is one', () => {
  const words = (change: Partial<UnitState>) => failureWhileSettling(unit({}), unit(change))?.detail;
  expect(words({ activeState: 'failed', subState: 'failed', result: 'oom-kill' })).toBe(
    'It came up and did not stay up (oom-kill): it is failed.',
  );
  expect(words({ activeState: 'inactive', subState: 'dead' })).toBe(
    'It came up and did not stay up: it is inactive (dead).',
  );
});
