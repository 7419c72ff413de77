import { once } from 'node:events';
import { connect } from 'node:net';
import { Problem } from '@homelabcmd/protocol';
import { beforeAll, expect, test, vi } from 'vitest';
import { API_KEY, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
  return () => hub[Symbol.asyncDispose]();
});

/** Sends these bytes, and answers all that comes back until the hub has nothing more to say. */
async function exchange(text: string): Promise<string> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1').setEncoding('latin1');
  let said = '';
  socket.on('data', (part: string) => (said += part)).on('error', () => undefined);
  // Not ended from here: who ends in the middle of a request is owed no answer.
  socket.write(Buffer.from(text, 'latin1'));
  await once(socket, 'close');
  return said;
}

const ask = (...lines: string[]) => ['GET /api/v1/servers HTTP/1.1', ...lines, '', ''].join('\r\n');

test.each([
  ['a header with a NUL', ask('host: a', 'x: a\0b'), 400],
  ['a header that is too long', ask('host: a', `x: ${'x'.repeat(20_000)}`), 431],
  ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
  ['a method that nobody knows', 'BREW / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['two lengths', ask('host: a', 'content-length: 1', 'content-length: 2'), 400],
  ['no host', ask('connection: close'), 400],
  ['what is no HTTP at all', '\x01\x02\x03\r\n\r\n', 400],
])('a request with %s is a problem document', async (_what, text, status) => {
  const [head = '', body = ''] = (await exchange(text)).split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(Problem.parse(JSON.parse(body))).toMatchObject({ status });
});

const LIST = ask('host: a', `x-api-key: ${API_KEY}`);

test('what cannot be read is refused after the answers to what came before it', async () => {
  const said = await exchange(`${LIST}${LIST}BREW / HTTP/1.1\r\n\r\nBREW`);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
});

test('a body that cannot be read is refused in the place of its own answer', async () => {
  const head = [
    'host: a',
    `x-api-key: ${API_KEY}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
  ];
  const post = ['POST /api/v1/servers HTTP/1.1', ...head, '', '2', '{}', 'no size', ''].join('\r\n');
  const said = await exchange(`${LIST}${post}`);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

test('nothing is said in the midst of an answer, whatever comes meanwhile', async () => {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1').setEncoding('latin1');
  let said = '';
  socket.on('data', (part: string) => (said += part));
  socket.write(
    ask('host: a', `x-api-key: ${API_KEY}`, 'accept: text/event-stream').replace('/servers', '/events'),
  );
  await vi.waitFor(() => expect(said).toContain('HTTP/1.1 200'));
  socket.write('BREW / HTTP/1.1\r\n\r\n');
  // The hub has read that by the time that it has answered this.
  await exchange(LIST.replace('host: a', 'host: a\r\nconnection: close'));
  await hub.call('POST', '/servers', { server_id: 'attic' });
  await vi.waitFor(() => expect(said).toContain('"server_id":"attic"'));
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  socket.destroy();
});

test('an expectation that nobody knows keeps no request from being answered', async () => {
  const said = await exchange(ask('host: a', 'connection: close', 'expect: 200-ok', `x-api-key: ${API_KEY}`));
  expect(said).toContain('HTTP/1.1 200 ');
});

test('who has gone when their request is looked at is no fault of the hub', async () => {
  await using behind = await startTestHub({ trustedProxies: ['127.0.0.1'] });
  const port = Number(new URL(behind.url).port);
  for (let n = 0; n < 200; n += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET /api/v1/servers HTTP/1.1\r\nhost: a\r\nx-api-key: ${API_KEY}\r\n\r\n`);
    socket.resetAndDestroy();
  }
  expect((await behind.call('GET', '/servers')).status).toBe(200);
  expect(behind.faults).toEqual([]);
});
