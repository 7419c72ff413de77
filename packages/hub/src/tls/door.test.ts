import { once } from 'node:events';
import { createServer, type IncomingMessage, request as plainRequest, type Server } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { openDoor } from './door.ts';
import { HubTls } from './hub-tls.ts';

const CLOCK = { nowMs: () => Date.now() };

async function listening(mayBePlain: boolean) {
  const folder = disposableFolder();
  const config = { host: '0.0.0.0', tls: null, publicUrl: null, dataDir: folder.path };
  const tls = await HubTls.open(
    config as Parameters<typeof HubTls.open>[0],
    CLOCK,
    pino({ level: 'silent' }),
  );
  const served: string[] = [];
  const server: Server = createServer(
    { headersTimeout: 300, requestTimeout: 400, connectionsCheckingInterval: 50 },
    (request, response) => {
      const isEncrypted = 'encrypted' in request.socket;
      served.push(`${request.method} ${request.url}${isEncrypted ? ' encrypted' : ''}`);
      response.end(`${request.socket.remoteAddress}`);
    },
  );
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.send('hello'));
  const door = openDoor(server, tls, () => mayBePlain);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    door[Symbol.dispose]();
    server.closeAllConnections();
    const closed = once(server, 'close');
    server.close();
    await closed;
    tls[Symbol.dispose]();
    folder[Symbol.dispose]();
  });
  const ca = tls.certificate.authority ?? '';
  return { port: (server.address() as AddressInfo).port, served, ca, tls };
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly ca?: string;
}

async function ask(url: string, { method = 'GET', headers = {}, ca }: Asked = {}) {
  const options = { method, headers, agent: false, ...(ca === undefined ? {} : { ca }) };
  const asked = (url.startsWith('https:') ? tlsRequest : plainRequest)(url, options);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const part of response) body += String(part);
  return { status: response.statusCode, headers: response.headers, body };
}

test('by TLS everything is served, requests and WebSockets, on the port of HTTP', async () => {
  const { port, served, ca } = await listening(false);
  for (const name of ['127.0.0.1', 'localhost']) {
    const answer = await ask(`https://${name}:${port}/a`, { ca });
    expect([answer.status, answer.body]).toEqual([200, '127.0.0.1']);
  }
  expect(served).toEqual(['GET /a encrypted', 'GET /a encrypted']);
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { ca });
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toBe('hello');
  socket.terminate();
});

test('in clear it serves those who may, and nothing to anybody else', async () => {
  const open = await listening(true);
  expect((await ask(`http://127.0.0.1:${open.port}/a`)).status).toBe(200);
  const socket = new WebSocket(`ws://127.0.0.1:${open.port}/`);
  expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('hello');
  socket.terminate();
  const { port, served } = await listening(false);
  const shown = await ask(`http://127.0.0.1:${port}/a?b=c`);
  expect([shown.status, shown.headers.location, shown.body]).toEqual([
    307,
    `https://127.0.0.1:${port}/a?b=c`,
    '',
  ]);
  for (const [asked, words] of [
    [{ method: 'POST' }, /^(?!.*replace it)/],
    [{ headers: { 'x-api-key': 'a-key' } }, /crossed the network in clear: replace it/],
    [{ headers: { host: 'a b' } }, /reached by https/],
  ] as const) {
    const answer = await ask(`http://127.0.0.1:${port}/`, asked);
    expect([answer.status, answer.headers['content-type']]).toEqual([426, 'application/problem+json']);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'use_https',
      detail: expect.stringMatching(words),
    });
  }
  const refused = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { 'x-api-key': 'x' } });
  const [error] = (await once(refused, 'error')) as [Error];
  expect(error.message).toContain('426');
  expect(served).toEqual([]);
});

test('what is neither is ended, and others are served all the while', async () => {
  const { port, ca } = await listening(true);
  const sockets: Socket[] = [];
  for (const first of ['\x16\x03\x01\x00', '\x16not TLS at all', '\x00\x01\x02', 'GET / HTTP/9\r\n\r\n']) {
    const socket = connectPlain(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(first);
    sockets.push(socket);
  }
  const silent = connectPlain(port, '127.0.0.1');
  silent.on('error', () => undefined);
  for (let n = 0; n < 20; n++) expect((await ask(`https://127.0.0.1:${port}/`, { ca })).status).toBe(200);
  for (const socket of [...sockets.slice(1), silent]) socket.destroy();
});

test('whoever begins a request by TLS and does not end it is let go', async () => {
  const { port, ca, served } = await listening(true);
  const socket = connectTls({ port, host: '127.0.0.1', ca });
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'secureConnect');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
  await once(socket, 'close');
  expect(served).toEqual([]);
});

test('TLS before 1.3, and other protocols than HTTP/1.1, are not spoken', async () => {
  const { port, ca } = await listening(true);
  for (const options of [
    { maxVersion: 'TLSv1.2' },
    { ALPNProtocols: ['h2'] },
    { ALPNProtocols: ['ftp'] },
  ] as const) {
    const socket = connectTls({ port, host: '127.0.0.1', ca, ...options });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/alert/);
  }
});

test('a name that is added is in the certificate from the next connection on, and those that were there stay', async () => {
  const { port, ca, tls } = await listening(true);
  const before = tls.pins;
  const namesOf = async () => {
    const socket = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost' });
    await once(socket, 'secureConnect');
    const names = socket.getPeerCertificate().subjectaltname ?? '';
    socket.destroy();
    return names;
  };
  expect(await namesOf()).not.toContain('hub.lan');
  await Promise.all([
    tls.cover('https://hub.lan:8080/x'),
    tls.cover('https://[2001:db8::7]'),
    tls.cover('https://hub.lan'),
  ]);
  const names = await namesOf();
  for (const name of [
    'DNS:hub.lan',
    'IP Address:2001:DB8:0:0:0:0:0:7',
    'DNS:localhost',
    'IP Address:127.0.0.1',
  ])
    expect(names).toContain(name);
  expect(tls.pins).toEqual(before);
});
