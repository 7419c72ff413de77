import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROBLEMS, Problem } from '@homelabcmd/protocol';
import { beforeAll, expect, test } from 'vitest';
import { API_KEY, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
  await hub.addServer('nas');
  return () => hub[Symbol.asyncDispose]();
});

interface Init {
  readonly body?: string | URLSearchParams;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

const send = (method: string, path: string, init: Init = {}) =>
  fetch(hub.url + path, { method, ...init, headers: { 'x-api-key': API_KEY, ...init.headers } });

test('the documented codes are those of the product, with their statuses', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../../docs/errors.md'), 'utf8');
  const documented = text.matchAll(/^\| `(\w+)` \| (\d{3}) \| \S.+ \| \S.+ \|$/gm);
  const ours = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
  expect([...documented].map(([, code, status]) => [code, Number(status)])).toEqual(ours);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const CASES: [what: string, method: string, path: string, init: Init, status: number, code: string][] = [
  ['an unknown address', 'GET', '/api/v1/nothing', {}, 404, 'not_found'],
  ['an address outside the API', 'GET', '/somewhere', {}, 404, 'not_found'],
  ['an address without a host', 'GET', '//', {}, 404, 'not_found'],
  ['an address that is no address', 'GET', '///:99999/', {}, 404, 'not_found'],
  ['a method that the address does not know', 'PUT', '/api/v1/servers', {}, 404, 'not_found'],
  ['broken JSON', 'POST', '/api/v1/servers', { body: '{"a":', headers: JSON_TYPE }, 400, 'bad_request'],
  [
    'a prototype in JSON',
    'POST',
    '/api/v1/servers',
    { body: '{"__proto__":{}}', headers: JSON_TYPE },
    400,
    'bad_request',
  ],
  [
    'a form',
    'POST',
    '/api/v1/servers',
    { body: new URLSearchParams({ server_id: 'x' }) },
    415,
    'unsupported_media_type',
  ],
  [
    'plain text',
    'POST',
    '/api/v1/servers',
    { body: '{}', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a body over 1 MiB',
    'POST',
    '/api/v1/servers',
    { body: `"${'x'.repeat(1 << 20)}"`, headers: JSON_TYPE },
    413,
    'too_large',
  ],
  [
    'a body where none is wanted',
    'POST',
    '/api/v1/servers/nas/services/a/restart',
    { body: '{"force":1}', headers: JSON_TYPE },
    422,
    'invalid',
  ],
  ['no body where one is wanted', 'POST', '/api/v1/servers', {}, 422, 'invalid'],
  ['a broken escape', 'GET', '/api/v1/servers/%E0%A4', {}, 422, 'invalid'],
];

test.each(CASES)('%s is a problem document', async (_what, method, path, init, status, code) => {
  const response = await send(method, path, init);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect([response.status, problem.status, problem.code]).toEqual([status, status, code]);
  expect(problem.type).toBe(`urn:homelabcmd:problem:${code}`);
  expect(problem.title).toBe(PROBLEMS[problem.code].title);
  expect(problem.detail.length).toBeGreaterThan(10);
  expect(problem.request_id).toMatch(/^[0-9a-f]{8}$/);
});

test('validation lists each value that is wrong, and where', async () => {
  const { body } = await hub.call('POST', '/servers', {
    server_id: 'A B',
    tags: ['ok', 'Not Ok'],
    colour: 1,
  });
  expect(body.errors?.map((error) => error.path).toSorted()).toEqual(['(body)', 'server_id', 'tags.1']);
  for (const { message } of body.errors ?? []) expect(message.length).toBeGreaterThan(5);
});

test('an internal mistake tells nothing of the inside, and is logged under its request id', async () => {
  await using broken = await startTestHub();
  await broken.addServer('nas');
  const { body: made } = await broken.restart('nas', 'plex');
  await broken.write("UPDATE actions SET also_restarts_json = 'secret {'");
  const { status, body, text } = await broken.call('GET', `/actions/${made.action_id}`);
  expect([status, body.code]).toEqual([500, 'internal']);
  expect(text).not.toMatch(/secret|JSON|\bat \b|\.ts|SELECT|\/work|node_modules/i);
  const requests = broken.faults.filter(({ msg }) => msg === 'a request failed');
  expect(requests).toMatchObject([{ reqId: body.request_id }]);
});

test('HEAD of the live stream is answered, and does not stay open', async () => {
  const response = await send('HEAD', '/api/v1/events', { signal: AbortSignal.timeout(3000) });
  expect(response.status).toBeLessThan(500);
  await response.text();
});
