import { MetricHistory, type MetricSample, MetricSample as Sample } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, type ConnectedAgent, FACTS } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail, writesWork } from '../../test/store-access.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const START_MS = Date.parse('2026-01-01T12:00:00.000Z');
const timeAt = (ms: number) => new Date(ms).toISOString();
const KEEPING = { ...FACTS, spools_readings: true };

interface Minute {
  readonly atMs: number;
  readonly cpu: number;
  readonly samples?: number;
}

function tellSpooled(agent: ConnectedAgent, batch: number, toldMs: number, minutes: readonly Minute[]): void {
  const readings = minutes.map(({ atMs, cpu, samples = 6 }) => ({
    ...{ at: timeAt(atMs), samples, sample: Sample.parse({ cpu_percent: cpu }) },
  }));
  agent.send({ v: 2, type: 'spooled', batch, told_at: timeAt(toldMs), readings });
}

async function tell(agent: ConnectedAgent, change: Partial<MetricSample>): Promise<void> {
  agent.send({ v: 2, type: 'metrics', sample: { ...Sample.parse({}), ...change }, services: [] });
  await agent.settled();
}

async function cpuOf(hub: TestHub, fromMs: number, toMs: number, points = '5000') {
  const query = new URLSearchParams({
    ...{ from: timeAt(fromMs), to: timeAt(toMs), metric: 'cpu_percent', points },
  });
  const { body } = await hub.call('GET', `/servers/nas/metrics?${query}`);
  const { series, backfilled, tier } = MetricHistory.parse(body);
  return { tier, mean: series[0]?.mean, backfilled };
}

test('an agent that keeps readings is asked for them, and an older one is not', async () => {
  await using hub = await startTestHub();
  await using keeping = await connectAgent(hub, 'nas', { facts: KEEPING });
  expect(await keeping.frame('query_spool')).toMatchObject({ v: 2 });
  await using older = await connectAgent(hub, 'attic');
  await older.settled();
  expect(older.framesOf('query_spool')).toEqual([]);
});

test('what is told afterwards fills the gap, is marked, and changes neither the newest reading nor who is there', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  const key = newKeyPair();
  {
    await using agent = await connectAgent(hub, 'nas', { facts: KEEPING, token: await hub.hub.enrol('nas') });
    await tell(agent, { cpu_percent: 10 });
    Object.assign(key, agent.key);
  }
  clock.advance(4 * 60 * MINUTE_MS);
  await using agent = await connectAgent(hub, 'nas', { key, facts: KEEPING });
  const nowMs = clock.nowMs();
  await tell(agent, { cpu_percent: 90 });
  const latest = (await hub.call('GET', '/metrics/latest')).body;
  tellSpooled(agent, 7, nowMs, [
    { atMs: START_MS, cpu: 77 },
    { atMs: START_MS + MINUTE_MS, cpu: 20 },
    { atMs: START_MS + 2.5 * MINUTE_MS, cpu: 30, samples: 3 },
    // The minute that runs, and one that is to come.
    { atMs: nowMs, cpu: 99 },
    { atMs: nowMs + MINUTE_MS, cpu: 99 },
    // Of this minutes are kept no more.
    { atMs: nowMs - 3 * DAY_MS, cpu: 99 },
  ]);
  expect(await agent.frame('spool_ack')).toMatchObject({ batch: 7 });
  const minutes = await cpuOf(hub, START_MS, START_MS + 5 * MINUTE_MS);
  expect(minutes).toEqual({
    tier: '1min',
    mean: [10, 20, 30, null, null],
    backfilled: [{ from: timeAt(START_MS + MINUTE_MS), to: timeAt(START_MS + 3 * MINUTE_MS) }],
  });
  // One sample in time, six and three afterwards: each counts as it was.
  const days = await cpuOf(hub, START_MS - 5 * DAY_MS, nowMs + 1);
  expect(days.mean?.filter((mean) => mean !== null)).toEqual([22, 90]);
  expect(days.backfilled).toEqual([{ from: timeAt(START_MS), to: timeAt(START_MS + 10 * MINUTE_MS) }]);
  expect((await hub.call('GET', '/metrics/latest')).body).toEqual(latest);
});

test('told twice, in another batch and after a restart too, it is counted once', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas', { facts: KEEPING });
  const of = { atMs: START_MS - 30 * MINUTE_MS, cpu: 40 };
  for (const batch of [1, 1, 2]) {
    tellSpooled(agent, batch, START_MS, [of, { ...of, atMs: of.atMs + 7 * MINUTE_MS }, { ...of, cpu: 41 }]);
    await agent.settled();
  }
  expect(agent.framesOf('spool_ack').map(({ batch }) => batch)).toEqual([1, 1, 2]);
  const query = `format=json&metric=cpu_percent&from=${timeAt(START_MS - 20 * DAY_MS)}`;
  const { body } = await hub.call<unknown[]>('GET', `/servers/nas/metrics/export?${query}`);
  expect(body).toMatchObject([{ readings: 12, mean: 40, is_backfilled: true }]);
});

test('an agent whose clock is wrong is told that its readings came, and none of them is kept', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas', { facts: KEEPING });
  tellSpooled(agent, 1, START_MS + 6 * MINUTE_MS, [{ atMs: START_MS - 30 * MINUTE_MS, cpu: 40 }]);
  expect(await agent.frame('spool_ack')).toMatchObject({ batch: 1 });
  expect(hub.rows('SELECT * FROM metric_blocks')).toEqual([]);
});

test('a batch that could not be written is not acknowledged, so the agent has it still', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  const of = [{ atMs: START_MS - 30 * MINUTE_MS, cpu: 40 }];
  await using agent = await connectAgent(hub, 'nas', { facts: KEEPING });
  await writesFail(hub, 'INSERT', 'metric_blocks');
  tellSpooled(agent, 1, START_MS, of);
  await agent.closed();
  expect(agent.framesOf('spool_ack')).toEqual([]);
  await writesWork(hub, 'metric_blocks');
  await using again = await connectAgent(hub, 'nas', { key: agent.key, facts: KEEPING });
  await again.frame('query_spool');
  tellSpooled(again, 1, START_MS, of);
  await again.frame('spool_ack');
  expect((await cpuOf(hub, START_MS - 30 * MINUTE_MS, START_MS - 29 * MINUTE_MS, '2')).mean).toEqual([40]);
});
