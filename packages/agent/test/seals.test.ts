import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Order } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Agent, readConfig, startAgent } from '../src/agent.ts';
import { StubHub } from './stub-hub.ts';

const hubKey = newKeyPair();
let stateDir: string;
let hub: StubHub;
let agent: Agent;
let said: string[];

const orderOf = (n: number): Order => ({
  order_id: `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  action_id: n,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: 'systemd:plex.service',
  verb: 'restart',
  expect: null,
  ttl_ms: 60_000,
  settle_ms: 0,
  probe: null,
});
const [first, second] = [orderOf(1), orderOf(2)];
const WITHIN = { timeout: 15_000 };

/** An agent on a machine without a message bus: it refuses each order that it takes for one, and says so. */
async function start(of: StubHub, state: string, bootId = 'boot-1'): Promise<Agent> {
  const started = await startAgent(
    readConfig({
      HOMELABCMD_HUB_URL: of.url,
      HOMELABCMD_ENROLMENT_TOKEN: of.token,
      HOMELABCMD_STATE_DIR: join(stateDir, state),
      HOMELABCMD_DBUS_ADDRESS: `unix:path=${stateDir}/no-bus`,
      HOMELABCMD_RESTART_SOCKET: `${stateDir}/no-socket`,
      HOMELABCMD_ORDERS_DIR: `${stateDir}/no-orders`,
    }),
    { bootId, log: (level, msg, fields) => void said.push(`${level} ${msg} ${JSON.stringify(fields)}`) },
  );
  await vi.waitFor(() => expect(started.state.linked).toBe(true), WITHIN);
  return started;
}

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'seals-'));
  said = [];
  hub = await StubHub.open([], hubKey);
  agent = await start(hub, 'state');
});
afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  rmSync(stateDir, { recursive: true });
});

const UNDONE = { results: [], steps: [] };

/** What was done of an order for which the link has been ended, when on the next connection all is as ever. */
async function doneOf(order: Order, of = hub): Promise<object> {
  const before = of.welcomes;
  await vi.waitFor(() => expect(said.join('\n')).toMatch(/error a frame was left undone/), WITHIN);
  await vi.waitFor(() => expect(of.welcomes).toBeGreaterThan(before), WITHIN);
  const next = orderOf(99);
  of.order(next);
  expect(await of.resultOf(next.order_id)).toMatchObject({ code: 'no_systemd' });
  return { results: of.results(order.order_id), steps: of.steps(order.order_id) };
}

const bodyOf = (text: string) => JSON.parse(text) as { seal?: { sequence: number; signature: string } };

test('an order as the hub sends it is taken', async () => {
  hub.order(first);
  expect(await hub.resultOf(first.order_id)).toMatchObject({ outcome: 'refused', code: 'no_systemd' });
});

test.each<[string, (text: string) => object]>([
  ['whose seal was taken off', (text) => ({ ...bodyOf(text), seal: undefined })],
  ['with an empty signature', (text) => ({ ...bodyOf(text), seal: { ...bodyOf(text).seal, signature: '' } })],
  [
    'with a signature of zeros',
    (text) => ({ ...bodyOf(text), seal: { sequence: 2, signature: 'A'.repeat(86) } }),
  ],
  ['with another number', (text) => ({ ...bodyOf(text), seal: { ...bodyOf(text).seal, sequence: 3 } })],
  [
    'with another target',
    (text) => ({ ...bodyOf(text), order: { ...first, target: 'systemd:ssh.service' } }),
  ],
  ['with another digest', (text) => ({ ...bodyOf(text), order: { ...first, digest: '00'.repeat(32) } })],
  [
    'with another head of the audit',
    (text) => ({ ...bodyOf(text), audit: { entry: 9, hash: 'cd'.repeat(32) } }),
  ],
  ['that is of a type with another name', (text) => ({ ...bodyOf(text), type: 'expected' })],
])('an order %s is left undone', async (_what, change) => {
  const sealed = hub.sealed({ type: 'order', order: first, audit: { entry: 3, hash: 'ab'.repeat(32) } });
  hub.say(JSON.stringify(change(sealed)));
  expect(await doneOf(first)).toEqual(UNDONE);
});

test('an order that another key has signed is left undone, though all else is right', async () => {
  await using other = await StubHub.open([], newKeyPair());
  const elsewhere = await start(other, 'elsewhere');
  hub.say(other.sealed({ type: 'order', order: first }));
  expect(await doneOf(first)).toEqual(UNDONE);
  await elsewhere[Symbol.asyncDispose]();
});

test('an order that is sent again as it was is left undone, in the same connection and in the next', async () => {
  hub.order(first);
  await hub.resultOf(first.order_id);
  const text = hub.sent.at(-1) ?? '';
  for (const _connection of ['this', 'next']) {
    said.length = 0;
    const before = hub.results(first.order_id).length;
    const { welcomes } = hub;
    hub.say(text);
    await vi.waitFor(() => expect(said.join('\n')).toMatch(/error a frame was left undone/), WITHIN);
    await vi.waitFor(() => expect(hub.welcomes).toBe(welcomes + 1), WITHIN);
    await vi.waitFor(() => expect(agent.state.linked).toBe(true), WITHIN);
    // The result is told once more after each welcome, as it has not been acknowledged, and not by the order.
    await vi.waitFor(() => expect(hub.results(first.order_id)).toHaveLength(before + 1), WITHIN);
  }
});

test('an order that never arrived is nothing after a reboot of the server', async () => {
  const text = hub.sealed({ type: 'order', order: first });
  await agent[Symbol.asyncDispose]();
  agent = await start(hub, 'state', 'boot-2');
  hub.say(text);
  expect(await doneOf(first)).toEqual(UNDONE);
});

test('an order for one agent is nothing to another, of the same hub', async () => {
  await using attic = await StubHub.open([], hubKey, 'attic');
  const elsewhere = await start(attic, 'attic');
  attic.say(hub.sealed({ type: 'order', order: first }));
  expect(await doneOf(first, attic)).toEqual(UNDONE);
  await elsewhere[Symbol.asyncDispose]();
});

test('a question is as good as an order: unsigned, it fences nothing', async () => {
  hub.say(JSON.stringify({ v: 2, type: 'query', order_ids: [first.order_id] }));
  expect(await doneOf(first)).toEqual(UNDONE);
});

test('a frame that was kept back is noticed by the next', async () => {
  hub.sealed({ type: 'query', order_ids: [] });
  hub.order(second);
  expect(await doneOf(second)).toEqual(UNDONE);
});

test('a text that is no frame ends the link too', async () => {
  hub.say('{not json');
  expect(await doneOf(first)).toEqual(UNDONE);
});

test('a hub with another key is told nothing, and the log says so', async () => {
  const { port } = new URL(hub.url);
  await hub[Symbol.asyncDispose]();
  const before = said.length;
  hub = await StubHub.open([], newKeyPair(), 'media', Number(port));
  await vi.waitFor(() => expect(hub.connections).toBeGreaterThan(0), WITHIN);
  await vi.waitFor(
    () =>
      expect(said.slice(before).join('\n')).toMatch(/error this hub is not answered, and was told nothing/),
    WITHIN,
  );
  expect(hub.frames.map(({ frame }) => frame.type)).toEqual(['hello']);
  expect(agent.state.linked).toBe(false);
});

test('a hub that names the right key and cannot sign with it is told nothing', async () => {
  const { port } = new URL(hub.url);
  await hub[Symbol.asyncDispose]();
  const thief = { ...newKeyPair(), publicKey: hubKey.publicKey };
  hub = await StubHub.open([], thief, 'media', Number(port));
  await vi.waitFor(
    () => expect(said.join('\n')).toMatch(/has not proved to hold the key that it names/),
    WITHIN,
  );
  expect(hub.frames.map(({ frame }) => frame.type)).toEqual(['hello']);
});

test.each([
  [
    '1, by its goodbye',
    { v: 1, type: 'goodbye', code: 'unsupported_version', detail: 'not 2' },
    /Update the hub/,
  ],
  [
    '99, by its goodbye',
    { v: 2, type: 'goodbye', code: 'unsupported_version', detail: 'Update the agent' },
    /Update the agent/,
  ],
  ['1, by what it says first', { v: 1, type: 'welcome' }, /Update the hub/],
  ['99, by what it says first', { v: 99, type: 'challenge' }, /Update the agent/],
])(
  'a hub of version %s is left, with one sentence that says what to update',
  async (_what, frame, sentence) => {
    const { port } = new URL(hub.url);
    await hub[Symbol.asyncDispose]();
    said.length = 0;
    hub = await StubHub.open([], hubKey, 'media', Number(port));
    hub.answersHello = JSON.stringify(frame);
    await vi.waitFor(() => expect(said.join('\n')).toMatch(sentence), WITHIN);
    expect(said.filter((line) => line.startsWith('error'))).toHaveLength(1);
    expect(hub.frames.map(({ frame: { type } }) => type)).toEqual(['hello']);
    expect(agent.state.linked).toBe(false);
  },
);
