import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Order } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Agent, readConfig, startAgent } from '../src/agent.ts';
import { StubHub } from './stub-hub.ts';

let stateDir: string;
let hub: StubHub;
let agent: Agent | undefined;

const order: Order = {
  order_id: '019a0000-0000-7000-8000-000000000001',
  action_id: 1,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: 'systemd:plex.service',
  verb: 'restart',
  expect: null,
  ttl_ms: 100,
  settle_ms: 0,
  probe: null,
};

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-'));
  hub = await StubHub.open(['plex.service']);
});
afterEach(async () => {
  await agent?.[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  rmSync(stateDir, { recursive: true });
});

const configOf = (env: Record<string, string>) =>
  readConfig({
    HOMELABCMD_HUB_URL: hub.url,
    HOMELABCMD_ENROLMENT_TOKEN: hub.token,
    HOMELABCMD_STATE_DIR: stateDir,
    HOMELABCMD_DBUS_ADDRESS: `unix:path=${stateDir}/no-bus`,
    HOMELABCMD_RESTART_SOCKET: `${stateDir}/no-socket`,
    HOMELABCMD_ORDERS_DIR: `${stateDir}/no-orders`,
    ...env,
  });

/** An agent on a machine without a message bus. */
async function start(env: Record<string, string> = {}): Promise<void> {
  agent = await startAgent(configOf(env));
  await vi.waitFor(() => expect(agent?.state.linked).toBe(true), { timeout: 10_000 });
}

const frameOf = <T extends string>(type: T) => hub.frames.find(({ frame }) => frame.type === type)?.frame;

test('without systemd the agent says so, still measures, and refuses orders', async () => {
  await start();
  expect(frameOf('proof')).toMatchObject({
    facts: { systemd_version: null, systemd_problem: expect.stringContaining('no system message bus') },
  });
  await vi.waitFor(() => expect(frameOf('metrics')).toMatchObject({ services: [] }));
  hub.order(order);
  expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'refused', code: 'no_systemd' });
  expect(agent?.state.systemdProblem).toContain('cannot see services');
});

test('an agent that only watches says so and refuses, whatever systemd says', async () => {
  await start({ HOMELABCMD_MONITOR_ONLY: 'on' });
  expect(frameOf('proof')).toMatchObject({ facts: { monitor_only: true } });
  hub.order(order);
  expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'refused', code: 'monitor_only' });
});

test('an order that it is asked about, where nothing was ever installed that could run it, never began', async () => {
  await start();
  hub.send({ type: 'query', order_ids: [order.order_id] });
  expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'refused', code: 'never_started' });
});

test('what a hub sends that is no frame of the protocol is left alone', async () => {
  await start();
  hub.send({ type: 'order', order: { ...order, target: 'x'.repeat(301) } });
  hub.order({ ...order, target: 'systemd:we;rd $(x) "näme"' });
  expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'refused', code: 'invalid_unit_name' });
  expect(agent?.state.linked).toBe(true);
});

test('it keeps the head of the audit that comes with an order, and tells what it keeps when it is asked', async () => {
  await start();
  expect(frameOf('proof')).toMatchObject({ facts: { keeps_audit_heads: true } });
  hub.order(order);
  await hub.resultOf(order.order_id);
  const order_id = order.order_id.replace(/1$/, '2');
  const audit = { entry: 3, hash: 'ab'.repeat(32) };
  hub.send({ type: 'order', order: { ...order, order_id }, audit });
  await hub.resultOf(order_id);
  hub.send({ type: 'query_heads', query_id: 7, limit: 10 });
  await vi.waitFor(() =>
    expect(frameOf('heads')).toMatchObject({ query_id: 7, total: 1, heads: [{ ...audit, order_id }] }),
  );
});

test('what it reads while there is no hub it keeps, tells when it is asked, and forgets when the hub has it', async () => {
  const files = () => readdirSync(join(stateDir, 'readings'));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await using _alone = await startAgent(configOf({ HOMELABCMD_HUB_URL: 'ws://127.0.0.1:1' }));
    vi.advanceTimersByTime(10_000);
  } finally {
    vi.useRealTimers();
  }
  expect(files()).toEqual(['1.json']);
  await start();
  expect(frameOf('proof')).toMatchObject({ facts: { spools_readings: true } });
  expect(frameOf('spooled')).toBeUndefined();
  hub.send({ type: 'query_spool' });
  await expect.poll(() => frameOf('spooled')).toMatchObject({ batch: 1, readings: [{ samples: 1 }] });
  expect(files()).toEqual(['1.json']);
  hub.send({ type: 'spool_ack', batch: 1 });
  await expect.poll(files).toEqual([]);
});
