import { randomBytes } from 'node:crypto';
import type { Order } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  allowRestart,
  countingService,
  installAgent,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
} from '../../../lab/index.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
const UNITS = {
  'plex.service': countingService('plex'),
  'slow.service': countingService('slow', { slowStartMs: 1500 }),
  'broken.service': countingService('broken', { failStartWhile: '/run/broken' }),
  'flapping.service': countingService('flapping', { crashAfterMs: 300 }),
  'job.service': countingService('job', {
    serviceLines: ['Type=oneshot', 'ExecStart=', 'ExecStart=/bin/true'],
  }),
  'grafana.service': countingService('grafana'),
};
const ALLOW = ['plex', 'slow', 'broken', 'flapping', 'job'].map((name) => `${name}.service`);

/** A UUIDv7 of now. */
function newOrderId(): string {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const version = `7${hex.slice(13, 16)}`;
  const variant = `8${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20)].join('-');
}

const orderFor = (unit: string, change: Partial<Order> = {}): Order => ({
  order_id: newOrderId(),
  action_id: 1,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: `systemd:${unit}`,
  verb: 'restart',
  expect: null,
  ttl_ms: 60_000,
  settle_ms: 500,
  probe: null,
  ...change,
});

/** The agent as it is installed on a real server: one built file, its own user, the root-owned script and its files. */
describe.skipIf(problem !== null)(`orders on a real server${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  const carryOut = (order: Order) => {
    hub.order(order);
    return hub.resultOf(order.order_id);
  };
  const agentPid = () => server.mainPid('homelabcmd-agent.service');

  beforeAll(async () => {
    lab = await openLab();
    server = await lab.boot('ag-orders', { units: UNITS, enable: ['plex.service', 'slow.service'] });
    hub = await StubHub.open(['plex.service', 'job.service']);
    await installAgent(server, { hubUrl: hub.url, token: hub.token, allow: ALLOW });
    await hub.reportWhere('plex.service', ({ restartable }) => restartable.allowed);
  }, 60_000);
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  }, 60_000);

  test('a failed service is restarted once, verified, with the evidence', async () => {
    process.kill(await server.mainPid('plex.service'), 'SIGKILL');
    const failed = await hub.reportWhere('plex.service', ({ status }) => status === 'failed');
    const before = await runsOf(server, 'plex');
    const proof = hub.frames.find(({ frame }) => frame.type === 'proof')?.frame;
    const bootId = proof?.type === 'proof' ? proof.facts.boot_id : '';
    const order = orderFor('plex.service', {
      expect: { state_class: 'down', boot_id: bootId, invocation_id: failed.invocation_id },
    });
    const result = await carryOut(order);
    const runs = await runsOf(server, 'plex');
    expect(runs).toHaveLength(before.length + 1);
    expect(result).toMatchObject({
      outcome: 'completed',
      exit_code: 0,
      before: { status: 'failed', result: 'signal' },
      after: { status: 'running', invocation_id: runs.at(-1) },
    });
    expect(result.elapsed_ms).toBeGreaterThanOrEqual(500);
    expect(hub.steps(order.order_id)).toEqual(['started', 'systemctl_done', 'verifying']);
    await hub.reportWhere('plex.service', ({ status }) => status === 'running');
  });

  test('delivered a hundred times, it runs once', async () => {
    const before = await runsOf(server, 'plex');
    const order = orderFor('plex.service', { settle_ms: 100 });
    for (let time = 0; time < 100; time++) hub.order(order);
    expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'completed' });
    expect(await runsOf(server, 'plex')).toHaveLength(before.length + 1);
  });

  test('not on the list: refused, nothing ran; listed: the page learns of it, and it runs', async () => {
    expect(await carryOut(orderFor('grafana.service'))).toMatchObject({
      outcome: 'refused',
      code: 'not_allowed',
    });
    expect(await runsOf(server, 'grafana')).toEqual([]);
    expect(await carryOut(orderFor('nothing.service'))).toMatchObject({
      outcome: 'refused',
      code: 'not_allowed',
    });
    await allowRestart(server, ['grafana.service']);
    expect(await carryOut(orderFor('grafana.service'))).toMatchObject({ outcome: 'completed' });
    expect(await runsOf(server, 'grafana')).toHaveLength(1);
  });

  test('a start that fails is told in words of systemd', async () => {
    await server.write('/run/broken', '');
    const result = await carryOut(orderFor('broken.service'));
    expect(result).toMatchObject({
      outcome: 'failed',
      code: 'exit-code',
      exit_code: 1,
      after: { status: 'failed' },
    });
    expect(result.output).toContain('Job for broken.service failed');
    expect(result.journal.map(({ message }) => message).join('\n')).toContain('broken cannot start');
  });

  test('one that comes up and goes down again has flapped', async () => {
    const result = await carryOut(orderFor('flapping.service', { settle_ms: 20_000 }));
    expect(result).toMatchObject({ outcome: 'failed', code: 'flapped', exit_code: 0 });
    expect(result.elapsed_ms).toBeLessThan(10_000);
  });

  test('a one-shot service that does its work is completed', async () => {
    expect(await carryOut(orderFor('job.service'))).toMatchObject({ outcome: 'completed', exit_code: 0 });
    expect(await runsOf(server, 'job')).toHaveLength(1);
  });

  test('someone started it meanwhile: refused, with what was found', async () => {
    const report = hub.report('plex.service');
    const expectation = {
      state_class: 'down' as const,
      boot_id: 'x',
      invocation_id: report?.invocation_id ?? '',
    };
    const result = await carryOut(orderFor('plex.service', { expect: expectation }));
    expect(result).toMatchObject({ outcome: 'refused', code: 'precondition_failed' });
  });

  test('the agent is killed while a slow service starts: one run, and its next life judges it', async () => {
    const before = await runsOf(server, 'slow');
    const order = orderFor('slow.service');
    hub.order(order);
    await vi.waitFor(() => expect(hub.steps(order.order_id)).toContain('started'), { timeout: 10_000 });
    process.kill(await agentPid(), 'SIGKILL');
    expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'completed', elapsed_ms: null });
    hub.order(order);
    await vi.waitFor(() => expect(hub.results(order.order_id).length).toBeGreaterThan(1), {
      timeout: 10_000,
    });
    expect(await runsOf(server, 'slow')).toHaveLength(before.length + 1);
  });

  test('an order that the hub asks about and that never came is made impossible', async () => {
    const order = orderFor('plex.service');
    const before = await runsOf(server, 'plex');
    hub.send({ type: 'query', order_ids: [order.order_id] });
    expect(await hub.resultOf(order.order_id)).toMatchObject({ outcome: 'refused', code: 'never_started' });
    hub.order(order);
    await vi.waitFor(() => expect(hub.results(order.order_id)).toHaveLength(2), { timeout: 10_000 });
    expect(await runsOf(server, 'plex')).toEqual(before);
  });

  test('a result is sent again on a new link until it is acknowledged', async () => {
    const order = orderFor('plex.service', { settle_ms: 0 });
    await carryOut(order);
    hub.cut();
    await vi.waitFor(() => expect(hub.results(order.order_id).length).toBeGreaterThan(1), {
      timeout: 20_000,
    });
    hub.send({ type: 'result_ack', order_id: order.order_id });
    const hellos = () => hub.frames.filter(({ frame }) => frame.type === 'hello').length;
    const told = hub.results(order.order_id).length;
    const before = hellos();
    await vi.waitFor(async () => {
      const text = await server.read('/var/lib/homelabcmd/orders.jsonl');
      expect(text).toContain(`"acknowledged"`);
      expect(text.trimEnd().split('\n').at(-1)).toContain(order.order_id);
    });
    hub.cut();
    await vi.waitFor(() => expect(hellos()).toBe(before + 1), { timeout: 20_000 });
    await hub.reportWhere('plex.service', ({ status }) => status === 'running');
    expect(hub.results(order.order_id)).toHaveLength(told);
  });

  test('it runs as its own user, and within its memory', async () => {
    const status = await server.exec([
      'grep',
      '-E',
      '^(Uid|VmRSS)',
      `/proc/${await server.unit('homelabcmd-agent.service', 'MainPID')}/status`,
    ]);
    const [uid, rss] = ['Uid', 'VmRSS'].map((key) =>
      Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status.stdout)?.[1]),
    );
    expect(uid).toBeGreaterThan(0);
    expect((rss ?? Number.NaN) / 1024).toBeLessThanOrEqual(80);
  });
});
