import { expect, test } from 'vitest';
import { NO_READINGS, type ServerMetrics } from '@homelabcmd/protocol';
import { type Line, withReading } from './lines.ts';

const FROM = '2026-11-22T09:00:00.000Z';
const line: Line = {
  fromMs: Date.parse(FROM),
  stepMs: 60_000,
  cpu: [10, null, 20],
  memory: [50, 50, 50],
  disk: [70, 70, 70],
  readings: 1,
};

const reading = (at: string, cpu: number | null): Pick<ServerMetrics, 'at' | 'sample'> => ({
  at,
  sample: {
    ...NO_READINGS,
    cpu_percent: cpu,
    memory_used_bytes: 6,
    memory_total_bytes: 10,
    disks: [
      { mount: '/', used_bytes: 1, total_bytes: 10 },
      { mount: '/srv', used_bytes: 9, total_bytes: 10 },
    ],
    uptime_seconds: 1,
  },
});

test('a reading of the minute that runs goes into the mean of that minute', () => {
  const next = withReading(line, reading('2026-11-22T09:02:30.000Z', 40));
  expect(next.cpu).toEqual([10, null, 30]);
  expect(next.memory).toEqual([50, 50, 55]);
  expect(next.readings).toBe(2);
});

test('a new minute is a new point, and the oldest goes', () => {
  const next = withReading(line, reading('2026-11-22T09:03:01.000Z', 40));
  expect(next.cpu).toEqual([null, 20, 40]);
  expect(next.disk).toEqual([70, 70, 90]);
  expect(next.fromMs).toBe(Date.parse('2026-11-22T09:01:00.000Z'));
});

test('minutes of which nothing came are gaps, also when they are longer than the line', () => {
  expect(withReading(line, reading('2026-11-22T09:04:01.000Z', 40)).cpu).toEqual([20, null, 40]);
  expect(withReading(line, reading('2026-11-22T12:00:00.000Z', 40)).cpu).toEqual([null, null, 40]);
});

test('a reading that could not be taken changes no point, and begins a new minute as a gap', () => {
  expect(withReading(line, reading('2026-11-22T09:02:30.000Z', null)).cpu).toEqual([10, null, 20]);
  expect(withReading(line, reading('2026-11-22T09:03:30.000Z', null)).cpu).toEqual([null, 20, null]);
});

test('a reading from before the last point leaves the line as it is', () => {
  expect(withReading(line, reading('2026-11-22T09:01:30.000Z', 99))).toBe(line);
});
