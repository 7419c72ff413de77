import { connect } from 'node:net';
import { NO_READINGS, ServerMetrics, StreamBeat, StreamHello } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { API_KEY, disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writeRows } from '../../test/store-access.ts';
import { TestStream } from '../../test/stream-fixture.ts';

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, n) => from + n);

async function addServers(hub: TestHub, prefix: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await hub.addServer(`${prefix}${n}`);
}

test('the stream opens with hello, tells readings, and beats', { timeout: 15_000 }, async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.send({ v: 2, type: 'metrics', sample: SAMPLE, services: [] });
  await agent.settled();
  await using stream = await TestStream.open(hub);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
  const hello = StreamHello.parse((await stream.first('hello')).data);
  const [newest] = hub.rows<{ id: number }>('SELECT max(id) AS id FROM events');
  expect(hello).toMatchObject({ head: newest?.id, resumed: false, hub_version: '0.1.0' });
  expect(stream.messages[0]?.event).toBe('hello');
  // The newest reading of every server first, then each as it comes.
  expect(ServerMetrics.parse((await stream.first('metrics')).data).sample.cpu_percent).toBe(12.5);
  agent.send({ v: 2, type: 'metrics', sample: { ...SAMPLE, cpu_percent: 50 }, services: [] });
  await expect.poll(() => stream.of('metrics').length).toBe(2);
  StreamBeat.parse((await stream.first('beat')).data);
  for (const message of stream.messages) expect(message.id).toBeNull();
});

test('every fact comes in order, with its id, as the protocol says it', async () => {
  await using hub = await startTestHub();
  await using stream = await TestStream.open(hub);
  await stream.first('hello');
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service'), failedReport('gone.service')]);
  agent.reports([failedReport('plex.service')], true);
  await agent.settled();
  await hub.call('POST', '/servers/nas/services', { service_name: 'we;rd\nname 😀' });
  agent.obey();
  await hub.orderRestart('nas', 'plex');
  await agent.frame('result_ack', 2);
  await hub.restart('nas', 'other');
  await hub.call('POST', '/actions/2/reject', { reason: 'two\nlines\r\n\r\ndata: x' });
  await hub.call('DELETE', '/servers/nas');
  const [newest] = hub.rows<{ id: number }>('SELECT max(id) AS id FROM events');
  await expect.poll(() => stream.facts.at(-1)?.id).toBe(newest?.id);
  expect(stream.facts.map((fact) => fact.id)).toEqual(upTo(newest?.id ?? 0));
  expect(stream.of('fact').map((message) => message.id)).toEqual(upTo(newest?.id ?? 0).map(String));
  for (const fact of stream.facts) {
    const [thing] = Object.values(fact.data) as [{ revision?: number } | string | undefined];
    if (typeof thing === 'object') expect([fact.type, thing.revision]).toEqual([fact.type, fact.id]);
  }
  const types = new Set(stream.facts.map((fact) => fact.type));
  for (const type of [
    'server.created',
    'service.changed',
    'service.removed',
    'action.completed',
    'server.deleted',
  ])
    expect(types).toContain(type);
});

test('`Last-Event-ID` resumes without loss or duplicates while facts keep being written', async () => {
  await using hub = await startTestHub();
  const writing = addServers(hub, 's', 150);
  let last = 0;
  const ids: number[] = [];
  while (ids.length < 150) {
    await using stream = await TestStream.open(hub, String(last));
    expect(StreamHello.parse((await stream.first('hello')).data).resumed).toBe(true);
    await expect.poll(() => stream.facts.length, { interval: 1 }).toBeGreaterThan(0);
    const taken = stream.facts.slice(0, 20).map((fact) => fact.id);
    ids.push(...taken);
    last = taken.at(-1) ?? last;
  }
  await writing;
  expect(ids).toEqual(upTo(150));
  expect(hub.faults).toEqual([]);
});

test('who was too far behind is told so, and starts at the newest', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
  }
  ageLog(folder.path, 6000);
  await using hub = await startTestHub({ dataDir: folder.path });
  for (const asked of ['1', '999']) {
    await using late = await TestStream.open(hub, asked);
    expect(StreamHello.parse((await late.first('hello')).data)).toMatchObject({ head: 6000, resumed: false });
  }
  await using stream = await TestStream.open(hub, '1000');
  expect(StreamHello.parse((await stream.first('hello')).data).resumed).toBe(true);
  await hub.addServer('newest');
  await expect.poll(() => stream.of('fact').length).toBe(5001);
  expect(stream.of('fact').map((message) => Number(message.id))).toEqual(upTo(6001, 1001));
});

/** Makes the log that of a hub that has run for long. */
const ageLog = (dataDir: string, last: number): void =>
  writeRows(
    dataDir,
    `WITH RECURSIVE n (id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM n WHERE id < ${last})
      INSERT INTO events SELECT id, '2026-01-01T00:00:00.000Z', 'service.removed', 'x', 'test', '{}' FROM n;
    UPDATE hub_counters SET last = ${last} WHERE name = 'event'`,
  );

test('an id of the future, as of a store from a backup, starts at the newest and says so', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await using stream = await TestStream.open(hub, '999');
  expect(StreamHello.parse((await stream.first('hello')).data)).toMatchObject({ head: 1, resumed: false });
  await hub.addServer('attic');
  await expect.poll(() => stream.facts.map((fact) => fact.id)).toEqual([2]);
});

test.each(['abc', '-1', '1.5', '1e3', '9'.repeat(16), ' ; drop'])(
  'a Last-Event-ID of %j is 400',
  async (id) => {
    await using hub = await startTestHub();
    const { status, body, headers } = await hub.call('GET', '/events', undefined, { 'last-event-id': id });
    expect([status, body.code]).toEqual([400, 'bad_request']);
    expect(headers.get('content-type')).toContain('application/problem+json');
  },
);

test('a stream needs a key', async () => {
  await using hub = await startTestHub();
  const response = await fetch(`${hub.url}/api/v1/events`);
  expect(response.status).toBe(401);
  await response.body?.cancel();
});

test('a reader that comes and goes leaves no fault in the log and nothing running', async () => {
  await using hub = await startTestHub();
  for (let n = 0; n < 5; n += 1) {
    const stream = await TestStream.open(hub);
    await stream.first('hello');
    await stream[Symbol.asyncDispose]();
    await hub.addServer(`s${n}`);
  }
  expect(hub.logLines.filter((line) => line.level >= 40)).toEqual([]);
});

test('the stream ends when the hub stops, at once', async () => {
  await using hub = await startTestHub();
  await using stream = await TestStream.open(hub);
  await stream.first('hello');
  const beforeMs = performance.now();
  await hub.stop();
  await stream.ended();
  expect(performance.now() - beforeMs).toBeLessThan(1500);
});

test('a reader that is behind misses no fact; of the readings it gets those that are new when it reads', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8');
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: hub\r\nX-API-Key: ${API_KEY}\r\n\r\n`);
  const read = (chunk: string) => {
    text += chunk;
  };
  socket.on('data', read);
  await expect.poll(() => text).toContain('event: hello');
  socket.pause();
  const { why } = failedReport('plex.service');
  const line = {
    at: '2026-01-01T00:00:00.000Z',
    identifier: 'x',
    pid: 1,
    priority: 3,
    message: 'x'.repeat(2000),
  };
  const journal = Array.from({ length: 50 }, () => line);
  for (let restarts = 1; restarts <= 150; restarts += 1)
    agent.reports([failedReport('plex.service', { restarts, why: why && { ...why, journal } })]);
  for (let n = 0; n < 500; n += 1) agent.send({ v: 2, type: 'metrics', sample: SAMPLE, services: [] });
  await agent.settled();
  socket.resume();
  await expect.poll(() => text.match(/"restarts":150/)).not.toBeNull();
  expect(text.match(/^event: fact$/gm)).toHaveLength(150);
  expect(text.match(/^event: metrics$/gm)?.length ?? 0).toBeLessThan(10);
  socket.destroy();
});

const SAMPLE = { ...NO_READINGS, cpu_percent: 12.5 };
