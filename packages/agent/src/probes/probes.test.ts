import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExpectedUnit, Probe } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absentUnit, type UnitState } from '../systemd/port.ts';
import { ServiceProbes } from './probes.ts';

let server: Server;
let port: number;
let status: number;
let asked: number;
let atOnce: { now: number; most: number };
let held: (() => void)[] | null;
let changes: string[];
let probes: ServiceProbes;

beforeEach(async () => {
  status = 200;
  asked = 0;
  atOnce = { now: 0, most: 0 };
  held = null;
  changes = [];
  server = createServer((_request, response) => {
    asked += 1;
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    response.on('close', () => {
      atOnce.now -= 1;
    });
    const answer = () => void response.writeHead(status).end();
    if (held === null) answer();
    else held.push(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  probes = new ServiceProbes({ targets: list(), onChange: (unit) => changes.push(unit) });
});
afterEach(async () => {
  probes[Symbol.dispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const list = (...lines: string[]) => ({
  path: '/probe-targets',
  lines: new Set(lines),
  problem: null,
  fixCommand: null,
});

/** Much faster than the protocol allows. */
const expected = (unit = 'plex.service', host = '127.0.0.1'): ExpectedUnit => ({
  unit,
  probe: {
    ...Probe.parse({ kind: 'http', url: `http://${host}:${port}/`, failures_before_down: 2 }),
    interval_ms: 20,
  },
});
const state = (change: Partial<UnitState> = {}): UnitState => ({
  ...absentUnit('plex.service'),
  loadState: 'loaded',
  activeState: 'active',
  invocationId: 'first',
  ...change,
});
const verdict = (change: Partial<UnitState> = {}) => probes.reportOf('plex.service', state(change))?.verdict;

test('a running service is asked until its verdict is clear, and each change is told once', async () => {
  probes.expect([expected()]);
  expect(verdict()).toBe('waiting');
  await vi.waitFor(() => expect(verdict()).toBe('answering'));
  const asksBefore = asked;
  await vi.waitFor(() => expect(asked).toBeGreaterThan(asksBefore + 3));
  expect(changes).toEqual(['plex.service']);
  status = 503;
  await vi.waitFor(() => expect(verdict()).toBe('not_answering'));
  status = 200;
  await vi.waitFor(() => expect(verdict()).toBe('answering'));
  expect(changes).toHaveLength(3);
});

test('one that does not run is not asked; a new run waits anew, in the very report that tells of it', async () => {
  probes.expect([expected()]);
  expect(verdict({ activeState: 'failed' })).toBe('waiting');
  expect(verdict()).toBe('waiting');
  await vi.waitFor(() => expect(verdict()).toBe('answering'));
  expect(verdict({ activeState: 'reloading' })).toBe('answering');
  expect(verdict({ invocationId: 'second' })).toBe('waiting');
  await vi.waitFor(() => expect(verdict({ invocationId: 'second' })).toBe('answering'));
  expect(verdict({ activeState: 'deactivating', invocationId: 'second' })).toBe('waiting');
  const asksBefore = asked;
  held = [];
  expect(probes.reportOf('plex.service', state({ activeState: 'inactive' }))).toMatchObject({
    detail: 'It does not run, so it is not asked.',
    since: null,
  });
  // Another service that is asked ten times in the meantime shows that time has passed.
  held = null;
  probes.expect([expected(), expected('other.service')]);
  probes.reportOf('other.service', state());
  await vi.waitFor(() => expect(asked).toBeGreaterThanOrEqual(asksBefore + 10));
  expect(verdict({ activeState: 'inactive' })).toBe('waiting');
});

test('a question is answered before the next is asked, also where two services have one place', async () => {
  held = [];
  probes.expect([expected(), expected('other.service')]);
  probes.reportOf('plex.service', state());
  probes.reportOf('other.service', state());
  for (let round = 1; round <= 6; round++) {
    await vi.waitFor(() => expect(held).toHaveLength(1));
    held.shift()?.();
  }
  expect(atOnce.most).toBe(1);
});

test('what the hub says again changes nothing; what it says anew begins anew; what it takes back is gone', async () => {
  probes.expect([expected()]);
  verdict();
  await vi.waitFor(() => expect(verdict()).toBe('answering'));
  probes.expect([expected()]);
  expect(verdict()).toBe('answering');
  const { unit, probe } = expected();
  const other = probe?.kind === 'http' ? { ...probe, expect_status: 204 } : null;
  probes.expect([{ unit, probe: other }]);
  expect(verdict()).toBe('waiting');
  await vi.waitFor(() => expect(verdict()).toBe('not_answering'));
  probes.expect([{ unit, probe: null }]);
  expect(verdict()).toBeUndefined();
});

test('a target that root allows and takes back turns the verdict by itself', async () => {
  const elsewhere = Probe.parse({
    kind: 'tcp',
    host: '192.0.2.1',
    port: 9,
    timeout_ms: 100,
    interval_ms: 3_600_000,
  });
  probes.expect([{ unit: 'plex.service', probe: elsewhere }]);
  verdict();
  await vi.waitFor(() => expect(verdict()).toBe('not_allowed'), { timeout: 3000 });
  probes.targetsRead(list('192.0.2.1:9'));
  await vi.waitFor(() => expect(verdict()).toBe('waiting'), { timeout: 3000 });
  probes.targetsRead(list());
  await vi.waitFor(() => expect(verdict()).toBe('not_allowed'), { timeout: 3000 });
});

test('a hundred probes are spread, and few are asked at once', async () => {
  held = [];
  const units = Array.from({ length: 100 }, (_, n) => `s${n}.service`);
  probes.expect(units.map((unit, n) => expected(unit, `127.0.0.${n + 1}`)));
  server.close();
  await once(server.listen(port, '0.0.0.0'), 'listening');
  for (const unit of units) probes.reportOf(unit, state());
  await vi.waitFor(() => expect(held).toHaveLength(16));
  expect(atOnce.now).toBe(16);
  for (const answer of held.splice(0)) answer();
  await vi.waitFor(() => expect(held).toHaveLength(16));
  expect(atOnce.most).toBe(16);
});
