import { expect, test } from 'vitest';
import { connectAgent, FACTS, report, TestAgent } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

async function goodbyeTo(
  hub: TestHub,
  say: (agent: TestAgent) => void,
): Promise<{ code: string; detail: string }> {
  await using agent = await new TestAgent(hub.url).opened();
  say(agent);
  const { code, detail } = await agent.frame('goodbye');
  expect(await agent.closed()).toBe(1008);
  expect(agent.framesOf('welcome')).toEqual([]);
  return { code, detail };
}

test('an enrolment token brings an agent in, which is given a credential once and comes back with that', async () => {
  await using hub = await startTestHub();
  await using first = await connectAgent(hub, 'nas');
  const welcome = await first.frame('welcome');
  expect(welcome).toMatchObject({
    server_id: 'nas',
    credential: expect.stringMatching(/^hlca_/),
    expected: [],
  });
  expect(await hub.server('nas')).toMatchObject({ liveness: 'online', facts: FACTS });
  await using second = await connectAgent(hub, 'nas', { credential: first.credential });
  expect((await second.frame('welcome')).credential).toBeNull();
});

test('a token works until its credential was shown, so that an answer lost on the way shuts nobody out', async () => {
  await using hub = await startTestHub();
  const token = await hub.hub.enrol('nas');
  const lost = await connectAgent(hub, 'nas', { credential: token });
  await using again = await connectAgent(hub, 'nas', { credential: token });
  expect(again.credential).not.toBe(lost.credential);
  expect((await goodbyeTo(hub, (agent) => agent.hello(lost.credential))).code).toBe('bad_secret');
  await using known = await connectAgent(hub, 'nas', { credential: again.credential });
  await known.settled();
  expect((await goodbyeTo(hub, (agent) => agent.hello(token))).code).toBe('bad_secret');
});

test('a token made for an agent that replaces another outlives the other’s reconnects', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using old = await connectAgent(hub, 'nas');
  await using again = await connectAgent(hub, 'nas', { credential: old.credential });
  clock.advance(1000);
  const token = await hub.hub.enrol('nas');
  await using reconnected = await connectAgent(hub, 'nas', { credential: again.credential });
  await reconnected.settled();
  await using successor = await connectAgent(hub, 'nas', { credential: token });
  expect(successor.credential).toMatch(/^hlca_/);
  expect((await goodbyeTo(hub, (agent) => agent.hello(old.credential))).code).toBe('bad_secret');
});

test('an expired token opens nothing', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const { body } = await hub.call<{ token: string; expires_at: string }>('POST', '/servers/nas/enrolment');
  clock.advance(Date.parse(body.expires_at) - clock.nowMs());
  expect((await goodbyeTo(hub, (agent) => agent.hello(body.token))).code).toBe('bad_secret');
});

test.each(['', 'x', 'hlce_', 'hlca_', 'hlce_unknown', `hlca_${'a'.repeat(43)}`])(
  'the secret %j opens nothing',
  async (secret) => {
    await using hub = await startTestHub();
    await hub.hub.enrol('nas');
    const { code, detail } = await goodbyeTo(hub, (agent) => agent.hello(secret));
    expect(code).toBe('bad_secret');
    expect(detail).toMatch(/does not know this token/);
    expect((await hub.server('nas')).liveness).toBe('never_seen');
  },
);

test('the same agent connecting again takes the place of its earlier connection', async () => {
  await using hub = await startTestHub();
  await using first = await connectAgent(hub, 'nas');
  await using second = await connectAgent(hub, 'nas', { credential: first.credential });
  expect((await first.frame('goodbye')).code).toBe('superseded');
  await first.closed();
  second.reports([report('plex.service')]);
  await second.settled();
  expect((await hub.service('nas', 'plex'))?.status).toBe('running');
  expect((await hub.server('nas')).liveness).toBe('online');
});

const hello = { v: 1, type: 'hello', secret: 'x', facts: FACTS };
const BAD: [what: string, frame: string, code: string, detail: RegExp][] = [
  ['garbage', 'GET / HTTP/1.1', 'bad_frame', /not JSON/],
  ['an empty text', '', 'bad_frame', /not JSON/],
  ['null', 'null', 'unsupported_version', /version 1/],
  ['a list', '[]', 'unsupported_version', /version 1/],
  ['another version', JSON.stringify({ ...hello, v: 2 }), 'unsupported_version', /version 1 .*not 2/],
  ['a version as text', JSON.stringify({ ...hello, v: '1' }), 'unsupported_version', /not none/],
  ['a type that is not known', '{"v":1,"type":"shell","command":"id"}', 'bad_frame', /type/],
  ['a key that is not known', JSON.stringify({ ...hello, sudo: true }), 'bad_frame', /sudo/],
  ['facts that are missing', '{"v":1,"type":"hello","secret":"x"}', 'bad_frame', /facts/],
  [
    'another frame first',
    '{"v":1,"type":"services","complete":true,"reports":[]}',
    'bad_frame',
    /first .* hello/,
  ],
  ['a frame of the hub’s own', '{"v":1,"type":"beat"}', 'bad_frame', /type/],
  [
    'hello longer than it may be',
    JSON.stringify({ ...hello, secret: 'x'.repeat(65_536) }),
    'bad_frame',
    /too long/,
  ],
];

test.each(BAD)('before the welcome, %s ends the link with a reason', async (_what, frame, code, detail) => {
  await using hub = await startTestHub();
  const goodbye = await goodbyeTo(hub, (agent) => agent.send(frame));
  expect(goodbye.code).toBe(code);
  expect(goodbye.detail).toMatch(detail);
});

test.each(BAD.filter(([what]) => !what.includes('first')))(
  'after the welcome, %s ends that link and no other',
  async (_what, frame) => {
    await using hub = await startTestHub();
    await using other = await connectAgent(hub, 'attic');
    await using agent = await connectAgent(hub, 'nas');
    agent.send(frame);
    await agent.frame('goodbye');
    await agent.closed();
    await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
    await other.settled();
    expect((await hub.server('attic')).liveness).toBe('online');
    expect(hub.faults).toEqual([]);
  },
);

test('a second hello, and a binary frame, end the link', async () => {
  await using hub = await startTestHub();
  await using first = await connectAgent(hub, 'nas');
  first.hello(first.credential);
  expect((await first.frame('goodbye')).detail).toBe('hello comes once');
  expect((await goodbyeTo(hub, (agent) => agent.socket.send(Buffer.from('{}')))).detail).toBe(
    'Frames are texts',
  );
});

test('a frame longer than a frame may be is cut off', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.socket.send('x'.repeat(1024 * 1024 + 1));
  expect(await agent.closed()).toBe(1009);
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('stale');
});

test('who says nothing is sent away', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 300, offlineAfterMs: 600 } });
  await using agent = await new TestAgent(hub.url).opened();
  const token = await hub.hub.enrol('nas');
  // The moment that it is told, it says hello all the same, on a link that is about to close.
  agent.onFrame = () => agent.hello(token);
  await expect.poll(() => agent.framesOf('goodbye')[0]?.detail).toBe('No hello came');
  expect(await agent.closed()).toBe(1008);
  await hub.call('GET', '/servers');
  expect((await hub.server('nas')).liveness).toBe('never_seen');
});

test('the hub sends a beat as often as it says', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 60, offlineAfterMs: 120 } });
  await using agent = await connectAgent(hub, 'nas');
  expect((await agent.frame('welcome')).beat_ms).toBe(20);
  await agent.frame('beat', 3);
});
