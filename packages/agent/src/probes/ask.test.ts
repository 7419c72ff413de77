import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Probe } from '@homelabcmd/protocol';
import { afterEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { askProbe } from './ask.ts';

const nothing = () => undefined;
const list = { path: '/probe-targets', lines: new Set<string>(), problem: null, fixCommand: null };
const open: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => {
    socket.on('error', nothing);
    sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const serve = (answer: RequestListener) => listen(createHttp(answer));
const ask = (probe: z.input<typeof Probe>, lines: string[] = [], stop = new AbortController().signal) =>
  askProbe(Probe.parse({ timeout_ms: 5000, ...probe }), { ...list, lines: new Set(lines) }, stop);
const askHttp = (port: number, more: { expect_status?: number; expect_body?: string; url?: string } = {}) =>
  ask({ kind: 'http', url: `http://127.0.0.1:${port}/health?key=secret`, ...more });

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test.each([
  [200, undefined, { kind: 'answer', detail: 'It answers with HTTP 200.' }],
  [301, undefined, { kind: 'answer', detail: 'It answers with HTTP 301.' }],
  [
    404,
    undefined,
    { kind: 'failure', detail: 'It answers with HTTP 404, not with a status from 200 to 399.' },
  ],
  [
    503,
    undefined,
    { kind: 'failure', detail: 'It answers with HTTP 503, not with a status from 200 to 399.' },
  ],
  [401, 401, { kind: 'answer', detail: 'It answers with HTTP 401.' }],
  [200, 401, { kind: 'failure', detail: 'It answers with HTTP 200, not with 401.' }],
])('status %s where %s is expected', async (status, expect_status, answer) => {
  const port = await serve((_request, response) => response.writeHead(status).end('body'));
  expect(await askHttp(port, expect_status === undefined ? {} : { expect_status })).toEqual(answer);
});

test('a redirect is not followed', async () => {
  const asked: string[] = [];
  const port = await serve((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
  });
  expect(await askHttp(port)).toMatchObject({ kind: 'answer' });
  expect(asked).toEqual([`GET /health?key=secret 127.0.0.1:${port}`]);
});

test('nor is one to the secrets of the machine, and a name is resolved once, whatever it means a moment later', async () => {
  const port = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  );
  const probe = Probe.parse({ kind: 'http', url: `http://rebinding.example:${port}/`, timeout_ms: 5000 });
  const asked: string[] = [];
  const meanings = (first: string, then: string) => async (host: string) => {
    asked.push(host);
    return [asked.length === 1 ? first : then];
  };
  const stop = new AbortController().signal;
  const answer = await askProbe(probe, list, stop, meanings('127.0.0.1', '192.0.2.1'));
  expect([answer.detail, asked]).toEqual(['It answers with HTTP 302.', ['rebinding.example']]);
  asked.length = 0;
  const inside = await askProbe(probe, list, stop, meanings('192.0.2.1', '127.0.0.1'));
  expect([inside.kind, asked]).toEqual(['not_allowed', ['rebinding.example']]);
});

test('the text is looked for in the first 64 KiB, also across pieces, and never told', async () => {
  const port = await serve((request, response) => {
    const far = request.url?.startsWith('/far') === true;
    response.write('x'.repeat(far ? 64 * 1024 - 3 : 1000));
    response.write('rea');
    setImmediate(() => response.end('dy, password=hunter2'));
  });
  const near = await askHttp(port, { expect_body: 'ready' });
  expect(near).toEqual({ kind: 'answer', detail: 'It answers with HTTP 200 and the text that is expected.' });
  const url = `http://127.0.0.1:${port}/far`;
  const far = await askHttp(port, { url, expect_body: 'ready' });
  expect(far).toEqual({
    kind: 'failure',
    detail: 'It answers with HTTP 200, without the text that is expected.',
  });
});

test('a body without an end is not waited for', async () => {
  const port = await serve((_request, response) => {
    response.write('ready');
  });
  expect(await askHttp(port, { expect_body: 'ready' })).toMatchObject({ kind: 'answer' });
  expect(await askHttp(port)).toMatchObject({ kind: 'answer' });
});

test('silence is told with the time that was given, in which all of it must happen', async () => {
  const mute = await listen(createServer(nothing));
  const slow = await serve((_request, response) => {
    response.write('rea');
  });
  const timeout_ms = 150;
  const detail = (port: number) => `No answer from 127.0.0.1:${port} within 0.15 s.`;
  const url = (port: number) => `http://127.0.0.1:${port}/`;
  expect(await ask({ kind: 'http', url: url(mute), timeout_ms })).toEqual({
    kind: 'failure',
    detail: detail(mute),
  });
  expect(await ask({ kind: 'http', url: url(slow), timeout_ms, expect_body: 'ready' })).toEqual({
    kind: 'failure',
    detail: detail(slow),
  });
});

test('what is not there, what hangs up and what speaks something else, each in its own words', async () => {
  const closed = await closedPort();
  expect(await askHttp(closed)).toEqual({
    kind: 'failure',
    detail: `Nothing listens on 127.0.0.1:${closed}: the connection was refused.`,
  });
  const rude = await listen(createServer((socket) => socket.once('data', () => socket.end())));
  expect((await askHttp(rude)).detail).toBe(`127.0.0.1:${rude} closed the connection without an answer.`);
  const ssh = await listen(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
  expect((await askHttp(ssh)).detail).toBe(`What answers on 127.0.0.1:${ssh} does not speak HTTP.`);
});

test('a connection is enough for tcp, and is closed again', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => socket.resume().on('close', () => closed.resolve()));
  const port = await listen(server);
  expect(await ask({ kind: 'tcp', port })).toEqual({
    kind: 'answer',
    detail: `127.0.0.1:${port} accepts connections.`,
  });
  await closed.promise;
  expect(await ask({ kind: 'tcp', port: await closedPort() })).toMatchObject({ kind: 'failure' });
});

test('of the addresses of a name each is tried: the service may listen on one of them', async () => {
  const port = await serve((request, response) => response.end(request.headers.host));
  const probe = { kind: 'http', url: `http://localhost:${port}/`, expect_body: `localhost:${port}` } as const;
  expect(await ask(probe)).toMatchObject({ kind: 'answer' });
});

test('elsewhere is not asked, and not even connected to, until root lists it', async () => {
  const probe = { kind: 'http', url: 'http://192.0.2.1:8080/', timeout_ms: 100 } as const;
  expect(await ask(probe)).toMatchObject({
    kind: 'not_allowed',
    detail: expect.stringContaining('sudo tee -a'),
  });
  expect(await ask(probe, ['192.0.2.1:8080'])).toMatchObject({ kind: 'failure' });
});

test('a name that nobody knows is a bad answer', async () => {
  const answer = await ask({ kind: 'tcp', host: 'no-such-host.invalid', port: 1 });
  expect(answer).toMatchObject({ kind: 'failure' });
});

test('one that is stopped throws', async () => {
  const mute = await listen(createServer(nothing));
  const stop = new AbortController();
  const answer = ask({ kind: 'tcp', port: mute }, [], stop.signal);
  stop.abort();
  await expect(answer).rejects.toThrow('aborted');
});
