import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricSample, SpooledFrame } from '@homelabcmd/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { meanOf } from './mean.ts';
import { ReadingSpool } from './spool.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-01-01T12:00:00.000Z');
const timeAt = (ms: number) => new Date(ms).toISOString();
const sample = (cpu_percent: number | null) => MetricSample.parse({ cpu_percent });

/** A spool of its own, with clocks that are set by hand. */
function laidSpool() {
  const state = mkdtempSync(join(tmpdir(), 'spool-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const folder = join(state, 'readings');
  const time = { nowMs: START_MS, uptimeMs: 1_000_000, bootId: 'boot-1' };
  const said: string[] = [];
  const open = () =>
    new ReadingSpool({
      ...{ folder, bootId: time.bootId, uptimeMs: () => time.uptimeMs, nowMs: () => time.nowMs },
      log: (_level, msg) => void said.push(msg),
    });
  const pass = (ms: number) => {
    time.nowMs += ms;
    time.uptimeMs += ms;
  };
  const files = () => {
    try {
      return readdirSync(folder).sort();
    } catch {
      return [];
    }
  };
  return { folder, time, said, open, pass, files };
}

test('six samples become the mean of their minute, and ten minutes one file', () => {
  const { open, pass, files } = laidSpool();
  const spool = open();
  for (let n = 0; n < 60; n += 1) {
    expect(files()).toEqual([]);
    spool.add(sample(n % 6 === 0 ? null : n));
    pass(10_000);
  }
  spool.add(sample(1));
  expect(files()).toEqual(['1.json']);
  const told = spool.oldest();
  // As the hub takes it in: nothing of it is cut, and nothing is made up.
  expect(SpooledFrame.parse({ v: 2, ...told })).toEqual({ v: 2, ...told });
  expect(told?.readings.map(({ at, samples }) => [at, samples])).toEqual(
    Array.from({ length: 10 }, (_, n) => [timeAt(START_MS + (n + 0.5) * MINUTE_MS), 6]),
  );
  expect(told?.readings[0]?.sample.cpu_percent).toBe(3);
});

test('what is in memory is told too, batch after batch, and one that was acknowledged is gone', () => {
  const { open, pass, files } = laidSpool();
  const spool = open();
  for (let n = 0; n < 25; n += 1) {
    spool.add(sample(n));
    pass(MINUTE_MS);
  }
  spool.write();
  const seen: (number | null)[] = [];
  for (let told = spool.oldest(); told !== null; told = spool.oldest()) {
    // Asked again before it is acknowledged, the same is told.
    expect(spool.oldest()).toEqual(told);
    seen.push(...told.readings.map((one) => one.sample.cpu_percent));
    spool.remove(told.batch);
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n));
  expect(files()).toEqual([]);
});

test('what is on disk outlives the agent; a file that the power cut short is passed over', () => {
  const { folder, open, pass, files, said } = laidSpool();
  const spool = open();
  for (const percent of [1, 2]) {
    spool.add(sample(percent));
    pass(MINUTE_MS);
    spool.write();
  }
  expect(files()).toEqual(['1.json', '2.json']);
  truncateSync(join(folder, '1.json'), 20);
  writeFileSync(join(folder, '3.json.new'), '[');
  const again = open();
  expect(again.oldest()).toMatchObject({ batch: 2, readings: [{ sample: { cpu_percent: 2 } }] });
  expect(said).toEqual(['kept readings cannot be read']);
});

test('two days are kept at most: the oldest go first', () => {
  const { open, pass, files } = laidSpool();
  const spool = open();
  for (let n = 0; n < 300; n += 1) {
    spool.add(sample(n % 100));
    pass(10 * MINUTE_MS);
    spool.write();
  }
  expect(files()).toHaveLength(288);
  expect(spool.oldest()?.readings[0]?.at).toBe(timeAt(START_MS + 12 * 10 * MINUTE_MS + MINUTE_MS / 2));
});

test('a clock that was set meanwhile moves nothing that was read in this boot', () => {
  const { open, pass, time } = laidSpool();
  const spool = open();
  spool.add(sample(1));
  pass(MINUTE_MS);
  spool.write();
  // The clock was an hour late.
  time.nowMs += 60 * MINUTE_MS;
  expect(spool.oldest()?.readings[0]?.at).toBe(timeAt(START_MS + 60.5 * MINUTE_MS));
  // Of another boot only its own clock is known.
  time.bootId = 'boot-2';
  expect(open().oldest()?.readings[0]?.at).toBe(timeAt(START_MS + 0.5 * MINUTE_MS));
});

test('a disk that takes nothing is said once, and the agent goes on', () => {
  const { folder, open, pass, said } = laidSpool();
  writeFileSync(folder, 'in the way');
  const spool = open();
  for (let n = 0; n < 30; n += 1) {
    spool.add(sample(n));
    pass(MINUTE_MS);
  }
  expect(spool.oldest()).toBeNull();
  expect(said).toEqual(['readings could not be kept']);
});

test('a minute in which interfaces come and go names no more of them than the hub takes, and is told', () => {
  const { open, pass, said } = laidSpool();
  const spool = open();
  for (let n = 0; n < 2; n += 1) {
    const network = Array.from({ length: 32 }, (_, at) => ({
      ...{ interface: `tap${n * 20 + at}`, received_bytes_per_second: n, sent_bytes_per_second: 0 },
    }));
    spool.add(MetricSample.parse({ network }));
    pass(10_000);
  }
  spool.write();
  const told = spool.oldest();
  expect(SpooledFrame.parse({ v: 2, ...told }).readings[0]?.sample.network).toHaveLength(32);
  expect(said).toEqual([]);
});

test('the mean of samples is that of each reading, of each thing by its name', () => {
  const one = MetricSample.parse({
    ...{ cpu_percent: 10, load_1m: null },
    disks: [{ mount: '/', used_bytes: 10, total_bytes: 100 }],
    temperatures: [{ sensor: 'cpu', celsius: 40 }],
  });
  const other = MetricSample.parse({
    ...{ cpu_percent: 20, load_1m: 3 },
    disks: [
      { mount: '/', used_bytes: 20, total_bytes: 100 },
      { mount: '/srv', used_bytes: 5, total_bytes: 10 },
    ],
  });
  expect(MetricSample.parse(meanOf([one, other]))).toEqual(
    MetricSample.parse({
      ...{ cpu_percent: 15, load_1m: 3 },
      disks: [
        { mount: '/', used_bytes: 15, total_bytes: 100 },
        { mount: '/srv', used_bytes: 5, total_bytes: 10 },
      ],
      temperatures: [{ sensor: 'cpu', celsius: 40 }],
    }),
  );
});
