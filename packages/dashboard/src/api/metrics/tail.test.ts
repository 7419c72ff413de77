import { type MetricHistory, NO_READINGS, type ServerMetrics } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { withTail } from './tail.ts';

const FROM_MS = Date.parse('2026-01-01T00:00:00.000Z');
const timeAt = (seconds: number) => new Date(FROM_MS + seconds * 1000).toISOString();
const reading = (seconds: number, cpu: number): ServerMetrics => ({
  ...{ server_id: 'nas', at: timeAt(seconds), services: [] },
  sample: { ...NO_READINGS, cpu_percent: cpu },
});
const history: MetricHistory = {
  ...{ server_id: 'nas', from: timeAt(0), to: timeAt(20), step_ms: 10_000, tier: '10s', backfilled: [] },
  series: [
    { metric: 'cpu_percent', label: null, unit: 'percent', mean: [1, 2], min: [1, 2], max: [1, 2] },
    { metric: 'load_1m', label: null, unit: 'load', mean: [1, 2], min: [1, 2], max: [1, 2] },
  ],
};

test('readings that came since stand in their steps; where none came there is a gap', () => {
  const { to, series } = withTail(history, [reading(25, 7), reading(41, 9)]);
  expect(to).toBe(timeAt(50));
  expect(series.map(({ mean }) => mean)).toEqual([
    [1, 2, 7, null, 9],
    [1, 2, null, null, null],
  ]);
});

test('a reading that the history has already is not counted again', () => {
  expect(withTail(history, [reading(5, 99)])).toBe(history);
  expect(withTail(history, [reading(19.9, 99)])).toEqual(history);
});

test('a step that ran when the history was read, and had nothing yet, takes in what comes', () => {
  const empty = { ...history, series: [] };
  expect(withTail(empty, [reading(11, 7)]).series).toMatchObject([
    { metric: 'cpu_percent', mean: [null, 7] },
  ]);
});

test('a metric that the server did not have before is a gap up to then', () => {
  const sample = { ...NO_READINGS, temperatures: [{ sensor: 'cpu', celsius: 50 }] };
  const { series } = withTail(history, [{ ...reading(20, 1), sample }]);
  expect(series.at(-1)).toMatchObject({
    metric: 'temperature_celsius',
    label: 'cpu',
    mean: [null, null, 50],
  });
});

test('what was read is not changed by what comes', () => {
  const before = structuredClone(history);
  withTail(history, [reading(25, 7)]);
  expect(history).toEqual(before);
});
