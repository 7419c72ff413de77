import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Order, Probe } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
let server: Server;
let asked: number;
let status: number;

beforeEach(async () => {
  rig = await openRig();
  asked = 0;
  status = 200;
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const probed = (change: Partial<Order> = {}, intervalMs = 20) =>
  order(1, {
    probe: {
      ...Probe.parse({ kind: 'http', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
      interval_ms: intervalMs,
    },
    ...change,
  });

test('up, still up and answering: completed; it is asked after its settle time', async () => {
  rig.newRunner().take(probed({ settle_ms: 100 }));
  await vi.waitFor(() => expect(rig.steps()).toContain('verifying'));
  expect(asked).toBe(0);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed', code: null });
  expect(asked).toBe(1);
  expect(rig.frames).toContainEqual(
    expect.objectContaining({ detail: 'It is up, and must stay so for 0.1 s, and then answer' }),
  );
});

test('up and silent: it ran, and failed', async () => {
  status = 503;
  rig.newRunner().take(probed());
  expect(await rig.resultOf(1)).toMatchObject({
    outcome: 'failed',
    code: 'not-answering',
    exit_code: 0,
    detail: 'It is up and does not answer. It answers with HTTP 503, not with a status from 200 to 399.',
    after: { status: 'running', invocation_id: rig.runs[0] },
  });
  expect(asked).toBe(3);
});

test('what goes down while it is asked has flapped, and is told at once', async () => {
  status = 503;
  rig.newRunner().take(probed({}, 60_000));
  await vi.waitFor(() => expect(asked).toBe(1));
  rig.setUnit('plex.service', { activeState: 'failed', subState: 'failed', result: 'exit-code' });
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'failed', code: 'flapped' });
});

test('a probe that this server does not allow proves nothing: failed, with what to do', async () => {
  const probe = Probe.parse({ kind: 'tcp', host: '192.0.2.1', port: 80 });
  rig.newRunner().take(probed({ probe }));
  expect(await rig.resultOf(1)).toMatchObject({
    outcome: 'failed',
    code: 'not-answering',
    detail: expect.stringMatching(/whether it answers is not known\..*echo '192\.0\.2\.1:80' \| sudo tee -a/),
  });
  expect(rig.runs).toHaveLength(1);
});

test('an agent that ends while it asks: the next one asks again, and nothing runs twice', async () => {
  status = 503;
  rig.newRunner().take(probed({}, 60_000));
  await vi.waitFor(() => expect(asked).toBe(1));
  await rig.close();
  status = 200;
  rig.newRunner();
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
  expect(rig.runs).toHaveLength(1);
});

test('a one-shot service that is over must answer too, if it is to', async () => {
  rig.onRestart = (unit, socket) => {
    rig.start(unit, { type: 'oneshot', activeState: 'inactive', subState: 'dead', mainPid: 0 });
    rig.finish(order(1).order_id, socket, 0);
  };
  status = 500;
  rig.newRunner().take(probed());
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'failed', code: 'not-answering' });
});

test('a verb that is none of the kind is refused, and nothing is asked of the script', async () => {
  rig.newRunner().take(order(1, { verb: 'fence' as Order['verb'] }));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'unsupported_order' });
  expect(rig.asked).toEqual([]);
});
