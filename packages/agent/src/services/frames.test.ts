import { MAX_FRAME_BYTES, ServicesFrame, type ServiceReport } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { ServiceBook } from './book.ts';
import { absentUnit } from '../systemd/port.ts';
import { servicesFrames } from './frames.ts';
import { newestWithin } from './journals.ts';
import { newRecord } from './record.ts';
import { reportOf } from './report.ts';

const context = {
  now: 0,
  restartable: () => ({
    allowed: false,
    reason: 'Its list of services that may be restarted does not name this one.',
    fix_command: null,
  }),
  neighbours: new ServiceBook(),
  probeOf: () => null,
};

function report(index: number, activeState: string, journalLines = 0): ServiceReport {
  const state = {
    ...absentUnit(`unit-${index}.service`),
    loadState: 'loaded',
    activeState,
    invocationId: 'ab',
  };
  const record = newRecord(state, true);
  const line = {
    at: new Date(0).toISOString(),
    identifier: 'x',
    pid: 1,
    priority: 6,
    message: 'm'.repeat(320),
  };
  record.journal = {
    invocationId: 'ab',
    lines: Array.from({ length: journalLines }, () => line),
    withheld: null,
  };
  return reportOf(record, state.id, context);
}

test('systemd describes a unit that was started by hand by its command line: secrets in it stay on the server', () => {
  const state = {
    ...absentUnit('run-u7.service'),
    description: '/usr/bin/mysqldump --password s3cr3t nextcloud',
  };
  const { description } = reportOf(newRecord(state, true), state.id, context);
  expect(description).toBe('/usr/bin/mysqldump --password *** nextcloud');
});

const check = (frames: ReturnType<typeof servicesFrames>) => {
  for (const frame of frames) {
    expect(ServicesFrame.safeParse(frame).success).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  }
  return frames;
};

test('a list of a usual size is one frame', () => {
  const reports = Array.from({ length: 200 }, (_, index) => report(index, 'active'));
  expect(check(servicesFrames(reports, true))).toEqual([{ v: 2, type: 'services', complete: true, reports }]);
});

test('a large list stays one complete frame, and its journal lines follow', () => {
  const reports = Array.from({ length: 400 }, (_, index) => report(index, 'failed', 10));
  const [first, ...rest] = check(servicesFrames(reports, true));
  expect(first?.complete).toBe(true);
  expect(first?.reports).toHaveLength(400);
  expect(rest.length).toBeGreaterThan(0);
  expect(rest.flatMap((frame) => frame.reports)).toEqual(reports);
  expect(rest.every((frame) => !frame.complete)).toBe(true);
});

test('of too many services the failed and running ones are told', () => {
  const reports = Array.from({ length: 3000 }, (_, index) =>
    report(index, index < 2500 ? 'inactive' : index < 2600 ? 'failed' : 'active'),
  );
  const [first, ...rest] = check(servicesFrames(reports, true));
  const told = new Set(first?.reports.map(({ status }) => status));
  expect(told).toEqual(new Set(['failed', 'running', 'stopped']));
  expect(first?.reports.filter(({ status }) => status !== 'stopped')).toHaveLength(500);
  expect(rest).toEqual([]);
});

test('the newest lines are kept', () => {
  const lines = ['old', 'middle', 'new'].map((message) => ({
    at: new Date(0).toISOString(),
    identifier: '',
    pid: null,
    priority: null,
    message,
  }));
  expect(newestWithin(lines, 9).map(({ message }) => message)).toEqual(['middle', 'new']);
  expect(newestWithin(lines, 100)).toHaveLength(3);
});
