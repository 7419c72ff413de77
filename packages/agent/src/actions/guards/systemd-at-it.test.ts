import { expect, test } from 'vitest';
import { newRecord, type ServiceRecord } from '../../services/record.ts';
import { absentUnit, type UnitState } from '../../systemd/port.ts';
import { order } from '../testing/order-rig.ts';
import { assertSystemdIsStill } from './systemd-at-it.ts';

const NOW_MS = 1_000_000;
const unit = (change: Partial<UnitState> = {}): UnitState => ({
  ...absentUnit('plex.service'),
  loadState: 'loaded',
  activeState: 'failed',
  subState: 'failed',
  ...change,
});
const record = (change: Partial<ServiceRecord> = {}): ServiceRecord => ({
  ...newRecord(unit(), true),
  ...change,
});
const ago = (...seconds: number[]) => seconds.map((one) => NOW_MS - one * 1000);
const verdict = (
  state: Partial<UnitState>,
  of: Partial<ServiceRecord> | undefined,
  change: Parameters<typeof order>[1] = { automatic: true },
): string | null => {
  const asked = order(1, change);
  try {
    assertSystemdIsStill(asked, unit(state), of && record(of), NOW_MS);
    return null;
  } catch (cause) {
    return (cause as Error).message;
  }
};

test.each<[string, Partial<UnitState>, Partial<ServiceRecord> | undefined]>([
  ['it is down and nobody is at it', {}, {}],
  ['the agent knows nothing of its past', {}, undefined],
  ['it was restarted by systemd once', {}, { restartedAt: ago(40) }],
  ['its last start is more than half a minute ago', {}, { startedAt: ago(30.001) }],
  ['it has no start limit', { startLimitBurst: 0, startLimitIntervalMs: 600_000 }, { startedAt: ago(40) }],
  ['its limit counts over no time', { startLimitBurst: 1, startLimitIntervalMs: 0 }, { startedAt: ago(40) }],
  ['one start is left', { startLimitBurst: 3, startLimitIntervalMs: 600_000 }, { startedAt: ago(40) }],
  ['the starts are older', { startLimitBurst: 2, startLimitIntervalMs: 60_000 }, { startedAt: ago(70) }],
])('an automatic order may go on: %s', (_what, state, of) => {
  expect(verdict(state, of)).toBeNull();
});

const AT_IT = 'systemd itself is starting or stopping it, so nothing was done.';
const LAST = 'One more start would use up its start limit, so nothing was done.';
test.each<[string, Partial<UnitState>, Partial<ServiceRecord> | undefined, string]>([
  ['it starts', { activeState: 'activating', subState: 'start' }, {}, AT_IT],
  ['it stops', { activeState: 'deactivating', subState: 'stop' }, {}, AT_IT],
  ['it reloads', { activeState: 'reloading', subState: 'reload' }, {}, AT_IT],
  ['it refreshes', { activeState: 'refreshing', subState: 'reload' }, {}, AT_IT],
  ['a job waits', { jobQueued: true }, {}, AT_IT],
  ['it is about to be started again', { activeState: 'activating', subState: 'auto-restart' }, {}, AT_IT],
  ['systemd restarted it twice', {}, { restartedAt: ago(40, 50) }, AT_IT],
  [
    'it was just started',
    {},
    { startedAt: ago(29) },
    'It was started less than 30 s ago, so nothing was done.',
  ],
  [
    'the last start is next',
    { startLimitBurst: 2, startLimitIntervalMs: 60_000 },
    { startedAt: ago(40) },
    LAST,
  ],
  ['a single start is too many', { startLimitBurst: 1, startLimitIntervalMs: 60_000 }, undefined, LAST],
])('an automatic order keeps still: %s', (_what, state, of, words) => {
  expect(verdict(state, of)).toBe(words);
});

test('only a person clears a start limit, and a person is not held back by what systemd does', () => {
  expect(verdict({}, {}, { automatic: true, verb: 'reset-and-restart' })).toBe(
    'systemd has given up on it, and only a person may clear its start limit.',
  );
  expect(verdict({ jobQueued: true }, {}, {})).toBeNull();
  expect(verdict({}, {}, { verb: 'reset-and-restart' })).toBeNull();
});
