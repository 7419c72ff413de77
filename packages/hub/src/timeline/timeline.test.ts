import type { api, Problem, ResponseOf } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

type Timeline = ResponseOf<typeof api.serverTimeline>;
type Marks = ResponseOf<typeof api.serverMarks>;

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const START_MS = Date.parse('2026-01-31T12:00:00.000Z');
const timeAt = (ms: number) => new Date(ms).toISOString();
/** Nobody is called silent because a test has moved the clock. */
const LIVENESS = { staleAfterMs: 1e12, offlineAfterMs: 2e12 };

const asked = (fromMs: number, toMs: number, more: Record<string, string> = {}) =>
  new URLSearchParams({ from: timeAt(fromMs), to: timeAt(toMs), ...more }).toString();

const timelineOf = async (hub: TestHub, query: string) => {
  const { status, body } = await hub.call<Timeline>('GET', `/servers/nas/timeline?${query}`);
  expect([status, body]).toEqual([200, body]);
  return body;
};
const marksOf = async (hub: TestHub, query: string) =>
  (await hub.call<Marks>('GET', `/servers/nas/marks?${query}`)).body.marks;

/** plex fails with two lines of evidence, is restarted and runs again; sonarr stops beside it. */
async function aFailure(hub: TestHub, clock: HeldClock): Promise<AsyncDisposable> {
  const agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([report('plex.service'), report('sonarr.service')]);
  await agent.settled();
  clock.advance(10 * MINUTE_MS);
  const failed = failedReport('plex.service');
  const line = { identifier: 'plex', pid: 1, priority: 3 };
  const journal = [
    { ...line, at: timeAt(START_MS), message: 'long before' },
    { ...line, at: timeAt(START_MS + 9.5 * MINUTE_MS), message: '<b>ouch</b>' },
  ];
  agent.reports([failed]);
  // The same evidence comes with each report after it.
  for (const description of ['Films', 'Films again'])
    agent.reports([{ ...failed, description, why: failed.why && { ...failed.why, journal } }]);
  agent.reports([failedReport('sonarr.service')]);
  await agent.settled();
  clock.advance(MINUTE_MS);
  agent.obey({ outcome: 'completed' });
  const { action_id } = await hub.orderRestart('nas', 'plex');
  await expect.poll(async () => (await hub.action(action_id)).status).toBe('completed');
  agent.reports([report('plex.service', { invocation_id: 'another' })]);
  await agent.settled();
  return agent;
}

test('one service: its states with the reason, its journal lines once, and its actions, in the order of time', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS });
  await using _agent = await aFailure(hub, clock);
  const query = asked(START_MS + MINUTE_MS, START_MS + 20 * MINUTE_MS, { service_name: 'plex' });
  await expect
    .poll(async () => {
      const { entries } = await timelineOf(hub, query);
      return entries.filter(({ kind }) => kind === 'service' || kind === 'alert').length;
    })
    .toBe(4);
  const { entries, is_cut } = await timelineOf(hub, query);
  expect(is_cut).toBe(false);
  expect(entries.map((entry) => entry.at)).toEqual(entries.map((entry) => entry.at).toSorted());
  const told = entries.map((entry) => {
    if (entry.kind === 'service') return `${entry.service_name} ${entry.status} ${entry.reason}`;
    if (entry.kind === 'journal') return `${entry.identifier}: ${entry.message}`;
    if (entry.kind === 'alert') return `${entry.title}: ${entry.moved}`;
    return entry.kind === 'action' ? `#${entry.action_id} ${entry.status}` : entry.liveness;
  });
  expect(told.slice(0, 2)).toEqual(['plex: <b>ouch</b>', expect.stringMatching(/^plex failed Its main/)]);
  expect(told.filter((words) => words.startsWith('#'))).toEqual([
    '#1 pending',
    '#1 approved',
    '#1 dispatched',
    '#1 executing',
    '#1 completed',
  ]);
  expect(told).toContain('plex running null');
  expect(told.filter((words) => words.includes(' on nas: '))).toEqual([
    'plex failed on nas: fired',
    'plex failed on nas: resolved',
  ]);
  expect(told.join()).not.toContain('sonarr');
});

test('without a service it is that of all of them, and of the server: when it went, and when it was back', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock });
  const agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service')]);
  await agent.settled();
  agent.socket.terminate();
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
  clock.advance(3 * MINUTE_MS);
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('offline');
  clock.advance(MINUTE_MS);
  await using _again = await connectAgent(hub, 'nas', { key: agent.key });
  const query = asked(START_MS, START_MS + 20 * MINUTE_MS);
  const livenesses = async () =>
    (await timelineOf(hub, query)).entries.flatMap((entry) =>
      entry.kind === 'server' ? [`${entry.at} ${entry.liveness}`] : [],
    );
  await expect
    .poll(livenesses)
    .toEqual([`${timeAt(START_MS + 3 * MINUTE_MS)} offline`, `${timeAt(START_MS + 4 * MINUTE_MS)} online`]);
});

test('marks are those that reach into the time, as long as there are events, and not those of another server', async () => {
  const clock = new HeldClock(START_MS);
  await using hub = await startTestHub({ clock, liveness: LIVENESS });
  await using _agent = await aFailure(hub, clock);
  await hub.addServer('attic');
  const kinds = async (fromMs: number, toMs: number) =>
    (await marksOf(hub, asked(fromMs, toMs))).map(({ kind, until }) => `${kind} ${until === null}`);
  await expect
    .poll(() => kinds(START_MS, START_MS + 20 * MINUTE_MS))
    .toEqual(['service_down false', 'restart false']);
  expect(await kinds(START_MS, START_MS + 5 * MINUTE_MS)).toEqual([]);
  expect(await kinds(START_MS + 30 * MINUTE_MS, START_MS + 40 * MINUTE_MS)).toEqual([]);
  clock.advance(20 * DAY_MS);
  await hub.addServer('cellar');
  expect(await kinds(START_MS, clock.nowMs())).toHaveLength(2);
  expect((await hub.call<Marks>('GET', '/servers/attic/marks')).body.marks).toEqual([]);
});

test('times that are none, or too far apart, and a server that is not there are answered with what is wrong', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (const route of ['marks', 'timeline']) {
    for (const query of [asked(2000, 1000), asked(1000, 1000), 'from=yesterday', 'to=2026-01-01'])
      expect((await hub.call<Problem>('GET', `/servers/nas/${route}?${query}`)).body.code).toBe('invalid');
    expect((await hub.call<Problem>('GET', `/servers/gone/${route}`)).body.code).toBe('not_found');
    expect((await hub.call('GET', `/servers/nas/${route}`)).status).toBe(200);
  }
  const long = await hub.call<Problem>('GET', `/servers/nas/timeline?${asked(0, 8 * DAY_MS)}`);
  expect(long.body.detail ?? '').toContain('at most 7 days');
});
