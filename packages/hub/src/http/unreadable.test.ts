import { once } from 'node:events';
import { connect } from 'node:net';
import { Problem } from '@homelabcmd/protocol';
import { beforeAll, expect, test } from 'vitest';
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
