import { newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { connectAgent, report, TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

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

test('the same agent connecting again takes the place of its earlier connection', async () => {
  await using hub = await startTestHub();
  await using first = await connectAgent(hub, 'nas');
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect((await first.frame('goodbye')).code).toBe('superseded');
  await first.closed();
  second.reports([report('plex.service')]);
  await second.settled();
  expect((await hub.service('nas', 'plex'))?.status).toBe('running');
  expect((await hub.server('nas')).liveness).toBe('online');
});

const hello = {
  ...{ v: 2, type: 'hello', versions: { oldest: 2, newest: 2 } },
  ...{ public_key: newKeyPair().publicKey, nonce: 'A'.repeat(43) },
};
const text = (change: object) => JSON.stringify({ ...hello, ...change });
const BAD: [what: string, frame: string, code: string, detail: RegExp][] = [
  ['garbage', 'GET / HTTP/1.1', 'bad_frame', /not JSON/],
  ['an empty text', '', 'bad_frame', /not JSON/],
  ['null', 'null', 'bad_frame', /no version|type/],
  ['a list', '[]', 'bad_frame', /no version|type/],
  ['a version as text', text({ v: '2' }), 'bad_frame', /no version|v: /],
  ['a type that is not known', '{"v":2,"type":"shell","command":"id"}', 'bad_frame', /type|hello/],
  ['a key that is too short', text({ public_key: 'AAAA' }), 'bad_frame', /public_key/],
  ['a nonce written in another way', text({ nonce: 'B'.repeat(43) }), 'bad_frame', /nonce/],
  ['a proof without hello', '{"v":2,"type":"proof"}', 'bad_frame', /first .* hello/],
  [
    'another frame first',
    '{"v":2,"type":"services","complete":true,"reports":[]}',
    'bad_frame',
    /first .* hello/,
  ],
  ['a frame of the hub’s own', '{"v":2,"type":"beat"}', 'bad_frame', /type|hello/],
  ['hello longer than it may be', text({ more: 'x'.repeat(65_536) }), 'bad_frame', /so long/],
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
  first.hello(first.key);
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
  await expect.poll(() => agent.framesOf('goodbye')[0]?.detail).toBe('No hello and no proof came');
  expect(await agent.closed()).toBe(1008);
  await hub.call('GET', '/servers');
  expect((await hub.server('nas')).liveness).toBe('never_seen');
});

test('the hub sends a beat as often as it says', async () => {
  await using hub = await startTestHub({ liveness: { staleAfterMs: 600, offlineAfterMs: 12_000 } });
  await using agent = await connectAgent(hub, 'nas');
  expect((await agent.frame('welcome')).beat_ms).toBe(200);
  await agent.frame('beat', 3);
});
