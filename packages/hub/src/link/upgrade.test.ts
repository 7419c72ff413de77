import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connectAgent, TestAgent } from '../../test/agent-fixture.ts';
import { API_KEY, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

test.each([
  ['/', 404],
  ['/agent/v1/link/', 404],
  ['/agent/v2/link', 404],
  ['/api/v1/events', 404],
])('an upgrade at %s is %i', async (path, status) => {
  await using hub = await startTestHub();
  await using agent = new TestAgent(hub.url, { 'x-api-key': API_KEY }, path);
  await agent.closed();
  expect(agent.refusedStatus).toBe(status);
});

test('no page of a browser can open the link: an upgrade with an Origin is 403', async () => {
  await using hub = await startTestHub();
  await using agent = new TestAgent(hub.url, { origin: hub.url });
  await agent.closed();
  expect(agent.refusedStatus).toBe(403);
});

test('who resets the connection of a refused upgrade does not bring the hub down', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  for (let n = 0; n < 20; n += 1) {
    const socket = await upgrade(hub, '/somewhere');
    socket.write('more');
    socket.resetAndDestroy();
  }
  await agent.settled();
  expect((await hub.call('GET', '/servers')).status).toBe(200);
});

test('the connection of a refused upgrade is closed from this side, whatever the other does', async () => {
  await using hub = await startTestHub();
  const socket = await upgrade(hub, '/somewhere', { allowHalfOpen: true });
  let said = '';
  socket.on('data', (data) => {
    said += String(data);
  });
  await expect.poll(() => said).toContain('"code":"not_found"');
  expect(said).toMatch(/^HTTP\/1\.1 404 .*\r\ncontent-type: application\/problem\+json\r\n/);
  // It never ends its own half; writing on shows that nobody is there any more.
  let hasFailed = false;
  socket.on('error', () => {
    hasFailed = true;
  });
  await expect
    .poll(() => {
      socket.write('still here');
      return hasFailed;
    })
    .toBe(true);
  socket.destroy();
});

async function upgrade(
  hub: TestHub,
  path: string,
  options: { allowHalfOpen?: boolean } = {},
): Promise<Socket> {
  const { hostname, port } = new URL(hub.url);
  const socket = connect({ host: hostname, port: Number(port), ...options });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      'Host: hub',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      '\r\n',
    ].join('\r\n'),
  );
  return socket;
}
