import { type MetricSample, NO_READINGS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { takeReadings, takeSample } from '../../src/alerts/core/evaluate.ts';
import { settle } from '../../src/alerts/core/settle.ts';
import { daysUntilFull, NEVER_DAYS } from '../../src/alerts/forecast.ts';
import { silence } from '../../src/alerts/people.ts';
import { ruleOf } from '../../src/alerts/rules/registry.ts';
import { FACTS } from '../agent-fixture.ts';
import { FAILED, World } from './world.ts';

const MINUTE = 60_000;

function reads(world: World, sample: Partial<MetricSample>): void {
  world.change((draft) => {
    takeSample(draft, 'nas', { ...NO_READINGS, ...sample }, world.nowMs);
    settle(draft, world.nowMs);
  });
}

const disk = (percent: number) => ({ disks: [{ mount: '/', used_bytes: percent, total_bytes: 100 }] });
const hot = (celsius: number) => ({ temperatures: [{ sensor: 'cpu', celsius }] });

test.each<[string, Partial<MetricSample>, Partial<MetricSample>, Partial<MetricSample>]>([
  ['cpu_high', { cpu_percent: 97 }, { cpu_percent: 90 }, { cpu_percent: 80 }],
  ['load_high', { load_5m: 3.5 * FACTS.cpu_count }, { load_5m: 2.5 * FACTS.cpu_count }, { load_5m: 1 }],
  ['memory_high', used('memory', 96), used('memory', 92), used('memory', 50)],
  ['swap_high', used('swap', 95), used('swap', 80), used('swap', 10)],
  ['disk_high', disk(92), disk(88), disk(50)],
  ['temperature_high', hot(90), hot(80), hot(50)],
])(
  '%s fires when it has held for its time, stays between its borders, and clears below',
  (kind, beyond, between, well) => {
    const world = new World(['nas']);
    world.server('nas', { facts: FACTS });
    reads(world, beyond);
    expect(world.open).toMatchObject([{ kind, state: 'pending' }]);
    expect(world.heard).toEqual([]);
    world.pass(ruleOf(world.open[0]?.kind ?? 'cpu_high').defaults.for_ms);
    expect(world.open).toMatchObject([{ kind, state: 'firing' }]);
    reads(world, between);
    expect(world.open).toMatchObject([{ kind, state: 'firing' }]);
    reads(world, well);
    expect(world.open).toEqual([]);
    expect(world.heard.map((line) => line.split(' ')[0])).toEqual(['fired', 'resolved']);
  },
);

function used(what: 'memory' | 'swap', percent: number): Partial<MetricSample> {
  return { [`${what}_used_bytes`]: percent, [`${what}_total_bytes`]: 100 };
}

test('a disk that fills by three per cent a day is full when the line says so, and one that does not is never', () => {
  const hours = Array.from({ length: 7 * 24 }, (_, n) => n);
  const points = (perDay: number) =>
    hours.map((n) => ({ atMs: n * 3_600_000, percent: 60 + (perDay * n) / 24 + (n === 90 ? 30 : 0) }));
  expect(daysUntilFull(points(3))).toBeCloseTo((100 - (points(3).at(-1)?.percent ?? 0)) / 3, 1);
  expect(daysUntilFull(points(0))).toBe(NEVER_DAYS);
  expect(daysUntilFull(points(3).slice(0, 20))).toBeNull();
});

test('a disk that will be full soon is told with its days', () => {
  const world = new World(['nas']);
  const forecast = (value: number) =>
    world.change((draft) => {
      takeReadings(draft, ruleOf('disk_filling'), 'nas', [{ subject: '/', value }], world.nowMs);
      settle(draft, world.nowMs);
    });
  forecast(4);
  forecast(9);
  expect(world.open).toMatchObject([{ kind: 'disk_filling', measured: { value: 4, unit: 'days' } }]);
  forecast(11);
  expect(world.heard).toEqual([
    'fired The disk / of nas will be full in 4 days',
    'resolved The disk / of nas will be full in 4 days',
  ]);
});

test('what is silenced is told when the silence ends and it still holds', () => {
  const world = new World(['nas']);
  world.change((draft) => {
    const until = new Date(world.nowMs + 10 * MINUTE).toISOString();
    silence(draft, world.nowMs, 'kim', {
      server_id: 'nas',
      tag: null,
      kind: null,
      subject: null,
      until,
      reason: 'so',
    });
  });
  world.service('nas', 'plex', FAILED);
  expect(world.heard).toEqual([]);
  expect(world.open).toMatchObject([{ state: 'firing', silenced: { by: 'kim', reason: 'so' } }]);
  world.pass(10 * MINUTE);
  expect(world.heard).toEqual(['fired plex failed on nas']);
});

test('in maintenance nobody is told, and after it they are', () => {
  const world = new World(['nas']);
  world.server('nas', { maintenance: { on: true, until: null, reason: 'disk' } });
  world.service('nas', 'plex', FAILED);
  expect(world.heard).toEqual([]);
  world.server('nas', {});
  expect(world.heard).toEqual(['fired plex failed on nas']);
});

test('people are reminded as long as nobody looks after it, and it is told as critical when it is time', () => {
  const world = new World(['nas']);
  const settings = { ...ruleOf('service_down').defaults, repeat_ms: 30 * MINUTE, escalate_ms: 45 * MINUTE };
  world.change((draft) => draft.put('rules', 'service_down', { settings, changedAt: '', changedBy: 'kim' }));
  world.service('nas', 'plex', FAILED);
  world.pass(80 * MINUTE);
  expect(world.heard.map((line) => line.split(' ')[0])).toEqual([
    'fired',
    'repeated',
    'escalated',
    'repeated',
  ]);
  expect(world.open).toMatchObject([{ severity: 'critical', repeats: 2 }]);
});

test('a third of the fleet that goes at once is one alert, kept current until all are back', () => {
  const servers = ['a', 'b', 'c', 'd', 'e', 'f'];
  const world = new World(servers);
  for (const server of ['a', 'b', 'c', 'd']) world.server(server, { liveness: 'offline' });
  world.pass(MINUTE);
  expect(world.heard).toHaveLength(1);
  for (const server of ['a', 'b', 'c']) world.server(server, {});
  const [fleet] = world.open.filter(({ kind }) => kind === 'fleet_change');
  expect(fleet).toMatchObject({ title: '3 of 4 back, 1 needs you', held_back: 1 });
  world.server('d', {});
  expect(world.open).toEqual([]);
});

test('a job that does not ping in time is overdue, and well when it has', () => {
  const world = new World([]);
  const job = {
    ...{ jobId: 1, name: 'nightly', kind: 'backup' as const, everyMs: 60 * MINUTE, graceMs: 5 * MINUTE },
    ...{ tokenDigest: 'd', lastPingMs: null, lastFailure: null, createdMs: world.nowMs, createdBy: 'kim' },
  };
  const put = (change: object) =>
    world.change((draft) => {
      draft.put('jobs', '1', { ...job, ...change });
      settle(draft, world.nowMs);
    });
  put({});
  world.pass(64 * MINUTE);
  expect(world.heard).toEqual([]);
  world.pass(2 * MINUTE);
  put({ lastPingMs: world.nowMs });
  put({ lastPingMs: world.nowMs, lastFailure: 'disk full' });
  expect(world.heard).toEqual([
    'fired The backup nightly did not ping in time',
    'resolved The backup nightly did not ping in time',
    'fired The backup nightly failed',
  ]);
});
