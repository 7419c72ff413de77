import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentFrame, type HubFrame } from '@homelabcmd/protocol';
import {
  answerTo,
  type HubGreeting,
  keyPairFromPem,
  newEnrolmentToken,
  newKeyPair,
  readEnrolmentToken,
  sealer,
} from '@homelabcmd/protocol/link';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { readFacts } from '../facts/facts.ts';
import { Identity } from './identity.ts';
import { Link, type LinkOptions } from './link.ts';
import { OwnKeys } from './own-keys.ts';

const facts = readFacts({
  hostname: 'media',
  bootId: 'boot-1',
  monitorOnly: false,
  systemdVersion: '252',
  systemdProblem: null,
});
const HUB_KEY = newKeyPair();
const TOKEN = newEnrolmentToken(HUB_KEY.publicKey).text;
const cleanUps: (() => unknown)[] = [];
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'link-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  rmSync(stateDir, { recursive: true });
});

/** One connection, as the hub has it. */
interface Peer {
  readonly socket: WebSocket;
  send(frame: object): void;
}

/** A hub's door that keeps what it hears; `answer` says what it replies to an agent that has proved itself. */
async function hub(answer: (peer: Peer, connection: number) => void, key = HUB_KEY) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const proofs: Proved[] = [];
  const heard: AgentFrame[] = [];
  const peers: Peer[] = [];
  server.on('connection', (socket) => {
    let greeting: HubGreeting | null = null;
    let seal = (frame: HubFrame): object => frame;
    const send = (frame: object) => socket.send(JSON.stringify(seal({ v: 2, ...frame } as HubFrame)));
    const peer = { socket, send };
    peers.push(peer);
    socket.on('message', (data: Buffer) => {
      const frame = AgentFrame.parse(JSON.parse(data.toString('utf8')));
      if (frame.type === 'hello') {
        greeting = answerTo(frame, key);
        return send(greeting.challenge);
      }
      if (frame.type !== 'proof' || greeting === null) return void heard.push(frame);
      proofs.push(greeting.check(frame));
      seal = sealer(greeting.session, key, 'media');
      answer(peer, proofs.length);
    });
  });
  cleanUps.push(() => {
    for (const { socket } of peers) socket.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/x`, proofs, heard, peers };
}

type Proved = ReturnType<HubGreeting['check']>;

const welcome = (peer: Peer, beatMs = 60_000) =>
  peer.send({
    type: 'welcome',
    server_id: 'media',
    expected: [{ unit: 'plex.service', probe: null }],
    beat_ms: beatMs,
  });

function link(url: string, options: Partial<LinkOptions> = {}, token: string | null = TOKEN) {
  const onWelcome = vi.fn<LinkOptions['onWelcome']>();
  const frames: HubFrame[] = [];
  const said: string[] = [];
  const made = new Link({
    url,
    identity: new Identity(stateDir, token === null ? null : readEnrolmentToken(token)),
    facts: () => facts,
    onWelcome,
    onFrame: (frame) => frames.push(frame),
    uptimeMs: () => os.uptime() * 1000,
    log: (_level, msg, fields) => said.push(`${msg} ${JSON.stringify(fields)}`),
    ...options,
  });
  cleanUps.push(() => made[Symbol.asyncDispose]());
  return { made, onWelcome, frames, said };
}

test('the key is made here and is the same ever after; it comes with the token, which is never shown', async () => {
  const { url, proofs, peers } = await hub((peer) => welcome(peer));
  const { onWelcome, made } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  for (const name of ['agent-key', 'hub-key'])
    expect(statSync(join(stateDir, name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(stateDir, 'hub-key'), 'utf8').split('\n')[0]).toBe(HUB_KEY.publicKey);
  peers[0]?.socket.terminate();
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  await made[Symbol.asyncDispose]();
  link(url, {}, null);
  await vi.waitFor(() => expect(proofs).toHaveLength(3));
  const { publicKey } = keyPairFromPem(readFileSync(join(stateDir, 'agent-key'), 'utf8'));
  expect(new Set(proofs.map((proof) => proof.publicKey))).toEqual(new Set([publicKey]));
  const tokenKey = readEnrolmentToken(TOKEN)?.key.publicKey;
  expect(proofs.map((proof) => proof.tokenKey)).toEqual([tokenKey, tokenKey, null]);
});

test('frames go out only between welcome and the end of the link', async () => {
  const { url, heard } = await hub((peer) => welcome(peer));
  const { made, onWelcome } = link(url);
  expect(made.send({ type: 'facts', facts })).toBe(false);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalled());
  expect(made.send({ type: 'facts', facts })).toBe(true);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  await made[Symbol.asyncDispose]();
  expect(made.send({ type: 'facts', facts })).toBe(false);
});

test('what waited in the socket while the machine slept is not taken: the link is begun anew', async () => {
  const { url, peers, proofs } = await hub((peer) => welcome(peer));
  let sleptMs = 0;
  const { frames, onWelcome, said } = link(url, { uptimeMs: () => os.uptime() * 1000 + sleptMs });
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  const [first] = peers;
  if (first === undefined) throw new Error('nobody came');
  first.send({ type: 'beat' });
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  sleptMs = 3 * 24 * 3_600_000;
  first.send({ type: 'beat' });
  first.send({ type: 'query', order_ids: [] });
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  expect(frames).toHaveLength(1);
  expect(proofs).toHaveLength(2);
  expect(said.some((line) => line.includes('slept'))).toBe(true);
});

test('a hub that falls silent is left, and found again', async () => {
  const { url, proofs } = await hub((peer, connection) => welcome(peer, connection === 1 ? 30 : 60_000));
  const { onWelcome, said } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  expect(proofs).toHaveLength(2);
  expect(said.some((line) => line.includes('the hub is silent'))).toBe(true);
});

test('beats keep the link', async () => {
  const { url, proofs } = await hub((peer) => {
    welcome(peer, 100);
    const beats = setInterval(() => peer.send({ type: 'beat' }), 50);
    cleanUps.push(() => clearInterval(beats));
  });
  const { frames } = link(url);
  // Four times as long as silence would be allowed to last.
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(24), { timeout: 5000 });
  expect(proofs).toHaveLength(1);
});

test('an unwanted agent says so clearly and does not hammer', async () => {
  const { url, proofs } = await hub((peer) =>
    peer.send({ type: 'goodbye', code: 'not_enrolled', detail: 'used up' }),
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { said } = link(url);
    await vi.waitFor(() => expect(said.some((line) => line.includes('not_enrolled'))).toBe(true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(proofs).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test('a frame of the hub that cannot be read changes nothing', async () => {
  const { url } = await hub((peer) => {
    welcome(peer);
    peer.send({ type: 'order', order: { kind: 'format_disk' } });
    peer.send({ type: 'expected', expected: [{ unit: 'a.service', probe: null }] });
  });
  const { frames, made } = link(url);
  await vi.waitFor(() =>
    expect(frames).toEqual([{ v: 2, type: 'expected', expected: [{ unit: 'a.service', probe: null }] }]),
  );
  expect(made.up).toBe(true);
});

test('neither a log line nor an error holds a secret', async () => {
  const { url, peers } = await hub((peer) => welcome(peer));
  const { onWelcome, said } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  peers[0]?.socket.terminate();
  await vi.waitFor(() => expect(said.join()).toContain('down'));
  const secrets = [
    TOKEN.slice('hlce_'.length, -'_'.length - 22),
    readFileSync(join(stateDir, 'agent-key'), 'utf8').slice(40, 90),
  ];
  for (const secret of secrets) expect(said.join()).not.toContain(secret);
});

test('an agent whose new key the hub does not know shows the one before it at once, and changes when the hub says so', async () => {
  const keys = new OwnKeys(stateDir);
  const { known, next } = keys.next();
  const { url, proofs, heard } = await hub((peer) => {
    const isKnown = proofs.at(-1)?.publicKey === known.publicKey;
    if (!isKnown) return peer.send({ type: 'goodbye', code: 'not_enrolled', detail: 'nobody knows it' });
    welcome(peer);
    peer.send({ type: 'renew_key' });
  });
  const { said } = link(url);
  await vi.waitFor(() => expect(heard.some(({ type }) => type === 'new_key')).toBe(true), { timeout: 5000 });
  expect(proofs.map(({ publicKey }) => publicKey)).toEqual([next.publicKey, known.publicKey]);
  expect(heard.find((frame) => frame.type === 'new_key')).toMatchObject({ public_key: next.publicKey });
  expect(said.join()).toContain('does not know the new key of this agent yet');
  // The hub has said nothing of the new key by now.
  expect(new OwnKeys(stateDir).next().known.publicKey).toBe(known.publicKey);
});

test('what a hub says of keys without its seal changes nothing', async () => {
  const { url, peers } = await hub((peer) => welcome(peer));
  const { onWelcome } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  const { next } = new OwnKeys(stateDir).next();
  peers[0]?.socket.send(JSON.stringify({ v: 2, type: 'key_taken', public_key: next.publicKey }));
  await vi.waitFor(() => expect(peers[0]?.socket.readyState).toBe(3));
  expect(new OwnKeys(stateDir).next().next.publicKey).toBe(next.publicKey);
});

test('a disk that takes no new key does not end the link, and the log says so', async () => {
  mkdirSync(join(stateDir, 'agent-key.next.new'));
  const { url, heard } = await hub((peer) => {
    welcome(peer);
    peer.send({ type: 'renew_key' });
  });
  const { said, made } = link(url);
  await vi.waitFor(() => expect(said.join()).toContain('the key of this agent could not be changed'));
  expect([made.up, heard.filter(({ type }) => type === 'new_key')]).toEqual([true, []]);
});

test('a text that is longer than any frame is not read, and ends the link', async () => {
  const { url, peers, proofs } = await hub((peer) => welcome(peer));
  const { said, frames } = link(url);
  await vi.waitFor(() => expect(proofs).toHaveLength(1));
  peers[0]?.socket.send(`{"v":2,"type":"beat","more":"${'x'.repeat(4 * 1024 * 1024)}"}`);
  await vi.waitFor(() => expect(said.join()).toContain('longer than any frame'), { timeout: 5000 });
  expect(frames).toEqual([]);
});
