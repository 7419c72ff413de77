import type { MetricHistory, MetricSample, Problem } from '@homelabcmd/protocol';
import { MetricHistory as MetricHistorySchema, MetricSample as Sample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, type ConnectedAgent } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-01-01T12:00:00.000Z');

async function tell(agent: ConnectedAgent, change: Partial<MetricSample>): Promise<void> {
  agent.send({ v: 2, type: 'metrics', sample: { ...Sample.parse({}), ...change }, services: [] });
  await agent.settled();
}

async function chart(hub: TestHub, query: Record<string, string> = {}): Promise<MetricHistory> {
  const { status, body } = await hub.call('GET', `/servers/nas/metrics?${new URLSearchParams(query)}`);
  expect([status, body]).toEqual([200, body]);
  return MetricHistorySchema.parse(body);
}

const timeAt = (ms: number) => new Date(ms).toISOString();

test('the tier is the finest that reaches back to the range, and the answer says which one it is', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  const asked = async (agoMs: number, more: Record<string, string> = {}) => {
    const { tier, step_ms, from, to } = await chart(hub, { from: timeAt(START_MS - agoMs), ...more });
    expect([Date.parse(from) % step_ms, Date.parse(to) % step_ms]).toEqual([0, 0]);
    expect(Date.parse(from)).toBeLessThanOrEqual(START_MS - agoMs);
    const points = (Date.parse(to) - Date.parse(from)) / step_ms;
    expect(points).toBeLessThanOrEqual(Number(more['points'] ?? 5000));
    return `${tier} ${step_ms / SECOND_MS} ${points}`;
  };
  expect(await asked(2 * HOUR_MS)).toBe('10s 10 721');
  expect(await asked(2 * HOUR_MS + 1)).toBe('1min 60 122');
  expect(await asked(2 * DAY_MS)).toBe('1min 60 2881');
  expect(await asked(30 * DAY_MS)).toBe('10min 600 4321');
  expect(await asked(31 * DAY_MS)).toBe('1h 3600 745');
  expect(await asked(730 * DAY_MS)).toBe('1h 21600 2921');
  expect(await asked(2 * HOUR_MS, { points: '200' })).toBe('1min 60 121');
  expect(await asked(2 * HOUR_MS, { points: '400' })).toBe('10s 20 361');
  expect(await asked(30 * DAY_MS, { points: '800' })).toBe('1h 3600 721');
  expect(await asked(30 * DAY_MS, { points: '2' })).toMatch(/^1h \d+ 2$/);
  expect(await asked(START_MS)).toMatch(/^1h 432000 /);
});

test('each step has its mean, its least and its greatest; where there was nothing there is a gap', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await tell(agent, { cpu_percent: 10, disks: [{ mount: '/srv', used_bytes: 1, total_bytes: 4 }] });
  await tell(agent, { cpu_percent: 25.3 });
  clock.advance(20 * SECOND_MS);
  await tell(agent, { cpu_percent: 0 });
  const from = timeAt(START_MS - 10 * SECOND_MS);
  const found = await chart(hub, { from, to: timeAt(START_MS + HOUR_MS) });
  expect(found).toMatchObject({ from, to: timeAt(START_MS + 30 * SECOND_MS), step_ms: 10_000, tier: '10s' });
  expect((await chart(hub, { from, metric: 'cpu_percent' })).series).toEqual([
    {
      ...{ metric: 'cpu_percent', label: null, unit: 'percent' },
      mean: [null, 17.65, null, 0],
      min: [null, 10, null, 0],
      max: [null, 25.3, null, 0],
    },
  ]);
  const { series } = await chart(hub, { from, metric: 'disk_percent,load_1m' });
  expect(series.map(({ metric, label, mean }) => [metric, label, mean])).toEqual([
    ['disk_percent', null, [null, 25, null, null]],
    ['disk_percent', '/srv', [null, 25, null, null]],
  ]);
});

test('longer steps hold what is running still, out of every tier', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  for (const cpu_percent of [10, 20, 60]) {
    await tell(agent, { cpu_percent });
    clock.advance(61 * MINUTE_MS);
  }
  await tell(agent, { cpu_percent: 30 });
  clock.advance(10 * SECOND_MS);
  await tell(agent, { cpu_percent: 50 });
  const lastOf = async (agoMs: number) => {
    const { series, tier } = await chart(hub, { from: timeAt(clock.nowMs() - agoMs) });
    const [cpu] = series;
    return [tier, cpu?.mean.at(-1), cpu?.min.at(-1), cpu?.max.at(-1)];
  };
  expect(await lastOf(HOUR_MS)).toEqual(['10s', 50, 50, 50]);
  expect(await lastOf(DAY_MS)).toEqual(['1min', 40, 30, 50]);
  expect(await lastOf(20 * DAY_MS)).toEqual(['10min', 40, 30, 50]);
  expect(await lastOf(200 * DAY_MS)).toEqual(['1h', 40, 30, 50]);
  const hours = await chart(hub, { from: timeAt(clock.nowMs() - 31 * DAY_MS), metric: 'cpu_percent' });
  expect(hours.series[0]?.mean.slice(-5)).toEqual([null, 10, 20, 60, 40]);
});

test.each([
  [{ from: 'yesterday' }, 'from'],
  [{ from: '2026-01-01T11:00:00Z' }, 'from'],
  [{ from: timeAt(START_MS + 1), to: timeAt(START_MS + HOUR_MS) }, 'from'],
  [{ from: timeAt(START_MS - 1000), to: timeAt(START_MS - 1000) }, 'from'],
  [{ from: '1969-12-31T23:59:59.999Z' }, 'from'],
  [{ from: '0000-01-01T00:00:00.000Z' }, 'from'],
  [{ to: '1970-01-01T00:00:00.000Z' }, 'from'],
  [{ metric: 'cpu' }, 'metric'],
  [{ metric: '' }, 'metric'],
  [{ points: '1' }, 'points'],
  [{ points: '5001' }, 'points'],
])('%j is refused, with what is wrong with it', async (query, path) => {
  await using hub = await startTestHub({ clock: new HeldClock(START_MS) });
  await hub.addServer('nas');
  for (const route of ['', '/export']) {
    if (route !== '' && path === 'points') continue;
    const asked = new URLSearchParams({
      ...(query as Record<string, string>),
      ...(route && { format: 'csv' }),
    });
    const { status, body } = await hub.call<Problem>('GET', `/servers/nas/metrics${route}?${asked}`);
    expect([status, body.code]).toEqual([422, 'invalid']);
    expect(body.errors?.some((error) => error.path.includes(path))).toBe(true);
  }
});

test('of a server that is not there nothing is told', async () => {
  await using hub = await startTestHub();
  expect((await hub.call('GET', '/servers/nas/metrics')).status).toBe(404);
  expect((await hub.call('GET', '/servers/nas/metrics/export?format=csv')).status).toBe(404);
});

test('as a file, oldest first: a line for each step of each series, as CSV and as JSON', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  await tell(agent, { cpu_percent: 10, disks: [{ mount: '=/a,b', used_bytes: 1, total_bytes: 4 }] });
  await tell(agent, { cpu_percent: 25 });
  clock.advance(40 * MINUTE_MS);
  await tell(agent, { cpu_percent: 1 });
  const file = async (query: string) => {
    const headers = { 'x-api-key': 'a-key-of-the-tests-with-more-than-32-characters' };
    const answer = await fetch(`${hub.url}/api/v1/servers/nas/metrics/export?${query}`, { headers });
    expect(answer.status).toBe(200);
    return { name: answer.headers.get('content-disposition'), text: await answer.text() };
  };
  const csv = await file('format=csv&metric=cpu_percent,disk_percent');
  expect(csv.name).toContain('homelabcmd-metrics-nas-2026-01-01.csv');
  expect(csv.text.split('\r\n')).toEqual([
    'at,step_ms,metric,label,unit,mean,min,max,readings,backfilled',
    '2026-01-01T12:00:00.000Z,10000,cpu_percent,,percent,17.5,10,25,2,no',
    '2026-01-01T12:00:00.000Z,10000,disk_percent,,percent,25,25,25,1,no',
    `2026-01-01T12:00:00.000Z,10000,disk_percent,"'=/a,b",percent,25,25,25,1,no`,
    '2026-01-01T12:40:00.000Z,10000,cpu_percent,,percent,1,1,1,1,no',
    '',
  ]);
  const days = `format=json&metric=cpu_percent&from=${timeAt(START_MS - 20 * DAY_MS)}`;
  expect(JSON.parse((await file(days)).text)).toMatchObject([
    { at: '2026-01-01T12:00:00.000Z', step_ms: 600_000, mean: 17.5, readings: 2 },
    { at: '2026-01-01T12:40:00.000Z', mean: 1, readings: 1, is_backfilled: false },
  ]);
});
