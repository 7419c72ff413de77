import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentFrame, type HubFrame } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WebSocket as Peer, WebSocketServer } from 'ws';
import { readFacts } from '../facts.ts';
import { CredentialFile } from './credential.ts';
import { Link, type LinkOptions } from './link.ts';

const facts = readFacts({
  hostname: 'media',
  bootId: 'boot-1',
  monitorOnly: false,
  systemdVersion: '252',
  systemdProblem: null,
});
const TOKEN = 'hlce_0123456789';
const CREDENTIAL = 'hlca_0123456789';
const cleanUps: (() => unknown)[] = [];
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'link-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  rmSync(stateDir, { recursive: true });
});

/** A hub's door that keeps what it hears; `answer` says what it replies to a hello. */
async function hub(answer: (peer: Peer, secret: string, connection: number) => void) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const secrets: string[] = [];
  const heard: AgentFrame[] = [];
  const peers: Peer[] = [];
  server.on('connection', (peer) => {
    peers.push(peer);
    peer.on('message', (data: Buffer) => {
      const frame = AgentFrame.parse(JSON.parse(data.toString('utf8')));
      if (frame.type !== 'hello') return void heard.push(frame);
      secrets.push(frame.secret);
      answer(peer, frame.secret, secrets.length);
    });
  });
  cleanUps.push(() => {
    for (const peer of peers) peer.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/x`, secrets, heard, peers };
}

const send = (peer: Peer, frame: object) => peer.send(JSON.stringify({ v: 1, ...frame }));
const welcome = (peer: Peer, credential: string | null = null, beatMs = 60_000) =>
  send(peer, {
    type: 'welcome',
    server_id: 'media',
    credential,
    expected: [{ unit: 'plex.service', probe: null }],
    beat_ms: beatMs,
  });

function link(url: string, options: Partial<LinkOptions> = {}) {
  const onWelcome = vi.fn<LinkOptions['onWelcome']>();
  const frames: HubFrame[] = [];
  const said: string[] = [];
  const made = new Link({
    url,
    enrolmentToken: TOKEN,
    credentials: new CredentialFile(stateDir),
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

test('the token is shown once; the credential that it brings is kept and shown from then on', async () => {
  const { url, secrets, peers } = await hub((peer, secret) =>
    welcome(peer, secret === TOKEN ? CREDENTIAL : null),
  );
  const { onWelcome, made } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  const path = join(stateDir, 'credential');
  expect(readFileSync(path, 'utf8')).toBe(`${CREDENTIAL}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  peers[0]?.terminate();
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  expect(secrets).toEqual([TOKEN, CREDENTIAL]);
  await made[Symbol.asyncDispose]();
  link(url, { enrolmentToken: null });
  await vi.waitFor(() => expect(secrets).toEqual([TOKEN, CREDENTIAL, CREDENTIAL]));
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
  const { url, peers, secrets } = await hub((peer) => welcome(peer));
  let sleptMs = 0;
  const { frames, onWelcome, said } = link(url, { uptimeMs: () => os.uptime() * 1000 + sleptMs });
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  const [first] = peers;
  if (first === undefined) throw new Error('nobody came');
  send(first, { type: 'beat' });
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  sleptMs = 3 * 24 * 3_600_000;
  send(first, { type: 'beat' });
  send(first, { type: 'query', order_ids: [] });
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  expect(frames).toHaveLength(1);
  expect(secrets).toHaveLength(2);
  expect(said.some((line) => line.includes('slept'))).toBe(true);
});

test('a hub that falls silent is left, and found again', async () => {
  const { url, secrets } = await hub((peer, _secret, connection) =>
    welcome(peer, null, connection === 1 ? 30 : 60_000),
  );
  const { onWelcome, said } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(2), { timeout: 5000 });
  expect(secrets).toHaveLength(2);
  expect(said.some((line) => line.includes('the hub is silent'))).toBe(true);
});

test('beats keep the link', async () => {
  const { url, secrets } = await hub((peer) => {
    welcome(peer, null, 100);
    const beats = setInterval(() => send(peer, { type: 'beat' }), 50);
    cleanUps.push(() => clearInterval(beats));
  });
  const { frames } = link(url);
  // Four times as long as silence would be allowed to last.
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(24), { timeout: 5000 });
  expect(secrets).toHaveLength(1);
});

test('a credential that is not known any more gives way to the token in the settings', async () => {
  new CredentialFile(stateDir).store('hlca_of_old');
  const { url, secrets } = await hub((peer, secret) => {
    if (secret === TOKEN) welcome(peer, CREDENTIAL);
    else send(peer, { type: 'goodbye', code: 'bad_secret', detail: 'unknown' });
  });
  const { onWelcome } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1), { timeout: 5000 });
  expect(secrets).toEqual(['hlca_of_old', TOKEN]);
  expect(new CredentialFile(stateDir).read()).toBe(CREDENTIAL);
});

test('an unwanted agent says so clearly and does not hammer', async () => {
  const { url, secrets } = await hub((peer) =>
    send(peer, { type: 'goodbye', code: 'bad_secret', detail: 'used up' }),
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { said } = link(url);
    await vi.waitFor(() => expect(said.some((line) => line.includes('bad_secret'))).toBe(true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(secrets).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test('a frame that cannot be read changes nothing', async () => {
  const { url } = await hub((peer) => {
    welcome(peer);
    peer.send('{not json');
    send(peer, { type: 'order', order: { kind: 'format_disk' } });
    send(peer, { type: 'expected', expected: [{ unit: 'a.service', probe: null }] });
  });
  const { frames, made } = link(url);
  await vi.waitFor(() =>
    expect(frames).toEqual([{ v: 1, type: 'expected', expected: [{ unit: 'a.service', probe: null }] }]),
  );
  expect(made.up).toBe(true);
});

test('neither a log line nor an error holds a secret', async () => {
  const { url, peers } = await hub((peer) => welcome(peer, CREDENTIAL));
  const { onWelcome, said } = link(url);
  await vi.waitFor(() => expect(onWelcome).toHaveBeenCalledTimes(1));
  peers[0]?.terminate();
  await vi.waitFor(() => expect(said.join()).toContain('down'));
  expect(said.join()).not.toMatch(/hlc[ea]_0123456789/);
});
