import { expect, test } from 'vitest';
import { fromKindProperties, fromUnitProperties } from './properties.ts';

test('what systemd sends of a unit becomes our words', () => {
  expect(
    fromUnitProperties({
      ActiveState: 'failed',
      SubState: 'failed',
      Job: [0, '/'],
      StateChangeTimestamp: 1_795_386_244_931_123,
      ActiveEnterTimestamp: 0,
      InvocationID: Buffer.from('1b1e2738c35e4b9881d0e30dd8becb67', 'hex'),
      StartLimitIntervalUSec: 10_000_000,
      Unheard: 'of',
    }),
  ).toEqual({
    activeState: 'failed',
    subState: 'failed',
    jobQueued: false,
    stateChangedAtMs: 1_795_386_244_931,
    activeEnteredAtMs: null,
    invocationId: '1b1e2738c35e4b9881d0e30dd8becb67',
    startLimitIntervalMs: 10_000,
  });
});

test('a queued job', () => {
  expect(fromUnitProperties({ Job: [17, '/org/freedesktop/systemd1/job/17'] })).toEqual({ jobQueued: true });
});

test('a number that systemd has not set is none', () => {
  const notSet = Number(2n ** 64n - 1n);
  expect(fromKindProperties('Service', { MemoryPeak: notSet, NRestarts: 3 })).toEqual({
    memoryPeakBytes: null,
    nRestarts: 3,
  });
  expect(fromKindProperties('Service', { MemoryPeak: 4096 })).toEqual({ memoryPeakBytes: 4096 });
});

test('what a signal does not hold is not made up', () => {
  expect(fromKindProperties('Service', { MainPID: 0 })).toEqual({ mainPid: 0 });
  expect(fromUnitProperties({})).toEqual({});
});
