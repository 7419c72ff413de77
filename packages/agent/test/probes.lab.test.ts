import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Order, Probe } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countingService,
  installAgent,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
  NODE_ON_SERVER,
} from '../../../lab/index.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
const SICK = '/run/web-is-sick';

/** A web service that answers 503 while a file exists. A lab server shares this machine's loopback, so the port is free here. */
const webService = (port: number) =>
  countingService('web', {
    serviceLines: [
      'ExecStart=',
      `ExecStart=${NODE_ON_SERVER} -e "require('http').createServer((_, r) => r.writeHead(require('fs').existsSync('${SICK}') ? 503 : 200).end()).listen(${port}, '127.0.0.1')"`,
    ],
  });

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The installed agent, as its own user and in its sandbox, with a service that systemd calls running all the time. */
describe.skipIf(problem !== null)(`probes on a real server${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  let probe: Probe;
  const verdict = (unit: string, wanted: string) =>
    hub.reportWhere(unit, (report) => report.probe?.verdict === wanted);
  const restart = (n: number) => {
    const order: Order = {
      order_id: `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      action_id: n,
      digest: 'd1'.repeat(32),
      kind: 'restart_service',
      target: 'systemd:web.service',
      verb: 'restart',
      expect: null,
      ttl_ms: 60_000,
      settle_ms: 300,
      probe,
    };
    hub.order(order);
    return hub.resultOf(order.order_id);
  };

  beforeAll(async () => {
    lab = await openLab();
    const port = await freePort();
    probe = Probe.parse({
      kind: 'http',
      url: `http://localhost:${port}/health`,
      interval_ms: 1000,
      failures_before_down: 2,
    });
    server = await lab.boot('ag-probes', {
      units: { 'web.service': webService(port), 'remote.service': countingService('remote') },
      enable: ['remote.service'],
    });
    hub = await StubHub.open([
      { unit: 'web.service', probe },
      { unit: 'remote.service', probe: Probe.parse({ kind: 'tcp', host: '192.0.2.1', port: 80 }) },
    ]);
    await installAgent(server, { hubUrl: hub.url, token: hub.token, allow: ['web.service'] });
    await server.exec(['systemctl', 'start', 'web.service']);
    await verdict('web.service', 'answering');
  }, 60_000);
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  }, 60_000);

  test('a running service that answers badly is told, and told again when it answers', async () => {
    await server.write(SICK, '');
    const sick = await verdict('web.service', 'not_answering');
    expect(sick).toMatchObject({
      status: 'running',
      probe: { detail: 'It answers with HTTP 503, not with a status from 200 to 399.' },
    });
    await server.exec(['rm', SICK]);
    const well = await verdict('web.service', 'answering');
    expect(well.invocation_id).toBe(sick.invocation_id);
  });

  test('a service that stops waits, and each report says so at once', async () => {
    await server.exec(['systemctl', 'stop', 'web.service']);
    await hub.reportWhere('web.service', ({ status }) => status === 'stopped');
    const stopped = hub.reports('web.service').filter(({ report }) => report.status === 'stopped');
    expect(new Set(stopped.map(({ report }) => report.probe?.verdict))).toEqual(new Set(['waiting']));
    await server.exec(['systemctl', 'start', 'web.service']);
    await verdict('web.service', 'answering');
  });

  test('a restart after which it does not answer has failed, though systemd is content', async () => {
    const before = await runsOf(server, 'web');
    await server.write(SICK, '');
    expect(await restart(1)).toMatchObject({
      outcome: 'failed',
      code: 'not-answering',
      exit_code: 0,
      after: { status: 'running' },
    });
    expect(await runsOf(server, 'web')).toHaveLength(before.length + 1);
    await server.exec(['rm', SICK]);
    expect(await restart(2)).toMatchObject({ outcome: 'completed', code: null });
  });

  test('a target elsewhere is not asked until root lists it, and the verdict then turns by itself', async () => {
    const refused = await verdict('remote.service', 'not_allowed');
    const command = refused.probe?.detail.split('type there: ')[1] ?? '';
    expect(command).toBe(`echo '192.0.2.1:80' | sudo tee -a /etc/homelabcmd/probe-targets`);
    await server.exec(['/bin/sh', '-c', command.replace('sudo ', '')]);
    await verdict('remote.service', 'waiting');
  });
});
