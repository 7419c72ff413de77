import { expect, test } from 'vitest';
import { isAutoRestarting, stateClassOf, statusOf } from './status.ts';

test.each([
  ['loaded', 'active', 'running'],
  ['loaded', 'reloading', 'reloading'],
  ['loaded', 'refreshing', 'reloading'],
  ['loaded', 'inactive', 'stopped'],
  ['loaded', 'failed', 'failed'],
  ['loaded', 'activating', 'activating'],
  ['loaded', 'deactivating', 'deactivating'],
  ['loaded', 'maintenance', 'unknown'],
  ['loaded', 'something-new', 'unknown'],
  ['not-found', 'inactive', 'not_found'],
  ['not-found', 'active', 'running'],
  ['not-found', 'failed', 'failed'],
  ['masked', 'inactive', 'stopped'],
])('%s and %s is %s', (loadState, activeState, status) => {
  expect(statusOf({ loadState, activeState })).toBe(status);
});

test.each([
  ['active', 'running', 0, 'running'],
  ['active', 'exited', 0, 'running'],
  ['active', 'running', 1, 'running'],
  ['active', 'running', 2, 'crash_loop'],
  ['reloading', 'reload', 0, 'running'],
  ['activating', 'start-pre', 0, 'running'],
  ['activating', 'auto-restart', 0, 'crash_loop'],
  ['activating', 'auto-restart-queued', 0, 'crash_loop'],
  ['activating', 'start', 2, 'crash_loop'],
  ['inactive', 'dead', 5, 'down'],
  ['failed', 'failed', 5, 'down'],
  ['deactivating', 'stop-sigterm', 0, 'down'],
  ['maintenance', '', 0, 'down'],
])('%s (%s) after %i restarts is %s', (activeState, subState, restarts, expected) => {
  expect(stateClassOf({ activeState, subState, jobQueued: false }, restarts)).toBe(expected);
});

test('waiting for the next start is not starting', () => {
  expect(isAutoRestarting({ activeState: 'activating', subState: 'auto-restart' })).toBe(true);
  expect(isAutoRestarting({ activeState: 'activating', subState: 'start' })).toBe(false);
});

test('a start that is queued after a restart belongs to the loop; a start by a person does not', () => {
  const queued = { activeState: 'inactive', subState: 'dead', jobQueued: true };
  expect(stateClassOf(queued, 1)).toBe('crash_loop');
  expect(stateClassOf(queued, 0)).toBe('down');
});
