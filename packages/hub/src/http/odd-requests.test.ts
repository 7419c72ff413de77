import { expect, test } from 'vitest';
import { API_KEY, startTestHub } from '../../test/hub-fixture.ts';
import { pick, seeded } from '../../test/mutate.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const NAMES =
  'nas .. %2e%2e %00 %ff % 😀 %F0%9F%98%80 1 0 -1 1e9 constructor __proto__ %27-- %0d%0aX-Evil:%201'.split(
    ' ',
  );
const NOUNS =
  'servers services actions events session metrics restart approve enrolment discovered maintenance'.split(
    ' ',
  );
const QUERIES = [
  '',
  '?limit=1e9',
  '?offset=-1',
  '?status=%00',
  '?force=true',
  '?tag=%',
  '?limit=1&limit=2',
].concat(['?__proto__=1', '?status[]=x', '?server_id=%ff', '?=']);
const BODIES = ['', '{}', '[]', 'null', '5', '"x"', '{"reason":null}', '{"server_id":{"a":1}}', '\0'].concat([
  '{"tags":[[]]}',
  '{"reason":"\\ud800"}',
  '{"service_name":"\\u0000"}',
  '{"server_id":"x","server_id":2}',
  '{',
]);
const TYPES = ['application/json', 'application/json; charset=x', 'text/plain', 'x', 'application/json, a/b'];

/** One request out of parts that are all a little wrong. */
function oddRequest(random: () => number): { method: string; path: string; body?: string; type: string } {
  const method = pick(random, METHODS);
  const depth = 1 + Math.floor(random() * 3);
  const parts = Array.from({ length: depth }, () => `/${pick(random, NOUNS)}/${pick(random, NAMES)}`);
  const end = random() < 0.5 ? `/${pick(random, NOUNS)}` : '';
  const path = `/api/v1${parts.join('')}${end}${pick(random, QUERIES)}`;
  const hasBody = method !== 'GET' && method !== 'HEAD' && random() < 0.8;
  return { method, path, type: pick(random, TYPES), ...(hasBody ? { body: pick(random, BODIES) } : {}) };
}

test('800 odd requests (seeded) are answered, none with 5xx, none with the inside', {
  timeout: 30_000,
}, async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const random = seeded(5);
  for (let n = 0; n < 800; n += 1) {
    const { method, path, body, type } = oddRequest(random);
    const response = await fetch(hub.url + path, {
      method,
      headers: { 'x-api-key': API_KEY, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await response.text();
    expect([method, path, body, response.status < 500]).toEqual([method, path, body, true]);
    expect(text).not.toMatch(/\bat .*\.ts:|SQLITE|node_modules/);
    expect(response.headers.get('x-evil')).toBeNull();
  }
  expect(hub.faults).toEqual([]);
  await hub.addServer('still-there');
});
