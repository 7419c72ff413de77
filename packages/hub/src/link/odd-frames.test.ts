import { type AgentFrame, NO_READINGS } from '@homelabcmd/protocol';
import {
  answerTo,
  greetingOf,
  newEnrolmentToken,
  newKeyPair,
  readEnrolmentToken,
} from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { COMPLETED, connectAgent, FACTS, failedReport, report, TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';
import { mutated, pick, seeded } from '../../test/mutate.ts';
import { BadFrame, parseFrame } from './session.ts';

const ORDER_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const TOKEN = newEnrolmentToken(newKeyPair().publicKey).text;
const GREETING = greetingOf({
  ...{ key: newKeyPair(), tokenKey: readEnrolmentToken(TOKEN)?.key ?? null, isTrusted: () => true },
});
const HELLO = GREETING.hello;
/** A proof as an agent sends it, to a hub that nobody here is. */
const PROOF = GREETING.answer(answerTo(HELLO, newKeyPair()).challenge, FACTS).proof;
const AFTER_HELLO: AgentFrame[] = [
  { v: 2, type: 'facts', facts: FACTS },
  {
    v: 2,
    type: 'metrics',
    sample: {
      ...NO_READINGS,
      cpu_percent: 3,
      load_1m: 1,
      load_5m: 1,
      load_15m: 1,
      memory_used_bytes: 1,
      memory_total_bytes: 2,
      disks: [{ mount: '/', used_bytes: 1, total_bytes: 2 }],
      uptime_seconds: 1,
    },
    services: [{ unit: 'plex.service', pid: 100, memory_bytes: 5, cpu_percent: 1 }],
  },
  { v: 2, type: 'services', complete: false, reports: [report('plex.service'), failedReport('b.service')] },
  { v: 2, type: 'services', complete: true, reports: [report('c.service'), report('c.service')] },
  { v: 2, type: 'order_progress', order_id: ORDER_ID, step: 'started', elapsed_ms: 1, detail: 'so' },
  { v: 2, type: 'order_result', order_id: ORDER_ID, result: COMPLETED },
];

test('10,000 odd frames: each is a frame or a BadFrame with a reason, and nothing else', () => {
  const random = seeded(7);
  let frames = 0;
  for (let n = 0; n < 10_000; n += 1) {
    const text = mutated(random, pick(random, [HELLO, PROOF, ...AFTER_HELLO]));
    try {
      parseFrame(text);
      frames += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(BadFrame);
      expect((error as BadFrame).message.length).toBeGreaterThan(3);
    }
  }
  // Neither all nor none: the mutations are worth something.
  expect(frames).toBeGreaterThan(500);
  expect(frames).toBeLessThan(9000);
});

test('a link that begins with an odd frame harms nobody (300 links)', { timeout: 60_000 }, async () => {
  await using hub = await startTestHub();
  await using other = await connectAgent(hub, 'attic');
  const random = seeded(11);
  for (let n = 0; n < 300; n += 1) {
    const agent = await new TestAgent(hub.url).opened();
    agent.send(mutated(random, pick(random, [HELLO, PROOF, ...AFTER_HELLO])));
    agent.send(mutated(random, pick(random, [PROOF, ...AFTER_HELLO])));
    await agent.closed();
    expect(agent.framesOf('welcome')).toEqual([]);
  }
  await other.settled();
  expect((await hub.server('attic')).liveness).toBe('online');
  expect(hub.faults).toEqual([]);
});

test('odd frames of an agent that was let in harm nobody else (700 frames)', {
  timeout: 60_000,
}, async () => {
  await using hub = await startTestHub();
  await using other = await connectAgent(hub, 'attic');
  const random = seeded(13);
  let agent = await connectAgent(hub, 'nas');
  for (let n = 0; n < 700; n += 1) {
    if (agent.socket.readyState !== agent.socket.OPEN)
      agent = await connectAgent(hub, 'nas', { key: agent.key });
    agent.send(mutated(random, pick(random, AFTER_HELLO)));
    await new Promise(setImmediate);
  }
  agent.socket.terminate();
  await other.settled();
  expect((await hub.server('attic')).liveness).toBe('online');
  for (const path of ['/servers', '/servers/nas/services', '/services', '/metrics/latest', '/actions']) {
    expect([path, (await hub.call('GET', path)).status]).toEqual([path, 200]);
  }
  expect(hub.faults).toEqual([]);
});
