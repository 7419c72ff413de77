import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { whyUnreachable } from './why-unreachable.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('a port that nobody listens on', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  expect(await whyUnreachable(`ws://127.0.0.1:${port}/agent/v1/link`)).toBe(
    `Nothing listens at 127.0.0.1:${port}: check that the hub runs, and on which address (ECONNREFUSED).`,
  );
});

test('a name that nobody knows', async () => {
  expect(await whyUnreachable('wss://hub.invalid/agent/v1/link')).toMatch(
    /^The name hub\.invalid has no address here/,
  );
});

test('something that speaks HTTP and is no hub, or a proxy that lets no WebSocket through', async () => {
  const asked: (string | undefined)[] = [];
  const port = await listening(
    createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(404).end('nothing here');
    }),
  );
  expect(await whyUnreachable(`ws://127.0.0.1:${port}/homelab/agent/v1/link`)).toMatch(
    new RegExp(`^127\\.0\\.0\\.1:${port} answers with HTTP 404 and opens no link`),
  );
  expect(asked).toEqual(['/homelab/agent/v1/link']);
});

test('something that does not speak HTTP', async () => {
  const server = createServer();
  server.on('connection', (socket) => socket.end('SSH-2.0-x\r\n'));
  const port = await listening(server);
  expect(await whyUnreachable(`ws://127.0.0.1:${port}/agent/v1/link`)).toMatch(
    /^No connection to 127\.0\.0\.1:\d+ comes about: ./,
  );
});
