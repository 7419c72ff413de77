import { request } from 'node:http';
import { api, type GuardedRoute } from '@homelabcmd/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../hub-fixture.ts';
import { personWith } from './people-fixture.ts';

let hub: TestHub;
let cookie = '';

beforeAll(async () => {
  hub = await startTestHub();
  cookie = (await personWith(hub, 'Anna', 'admin')).cookie;
});
afterAll(() => hub[Symbol.asyncDispose]());

type Route = Exclude<GuardedRoute, 'followEvents' | 'scrape'>;
const CHANGES = (Object.keys(api) as Route[]).filter((name) => api[name].method !== 'GET');
const READS = (Object.keys(api) as Route[]).filter((name) => api[name].method === 'GET');

/** As a browser sends it: headers that no page can set itself. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(hub.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: `/api/v1${path}`, headers: { cookie, ...headers } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject).end();
  });
}

const pathOf = (name: Route) => api[name].path.replace(':action_id', '999999').replaceAll(/:\w+/g, 'nobody');
const own = () => hub.url;

const SITES = [undefined, 'same-origin', 'none', 'same-site', 'cross-site'] as const;
const ORIGINS: Record<string, () => string | undefined> = {
  none: () => undefined,
  ours: own,
  'another port': () => own().replace(/:\d+$/, ':1'),
  'another scheme': () => own().replace('http:', 'https:').replace('127.0.0.1', '127.0.0.2'),
  'another site': () => 'https://evil.example',
  'a document without one': () => 'null',
  'ours with a name before it': () => own().replace('//', '//evil@evil.example#'),
};

/** Our own page, or no browser at all. */
const isOurs = (site: (typeof SITES)[number], origin: string): boolean =>
  (site === undefined || site === 'same-origin' || site === 'none') &&
  (origin === 'none' || origin === 'ours');

test.each(CHANGES)('no page of another site reaches %s with our cookie', async (name) => {
  // The one route that ends the session is asked by nobody's cookie where it would be let in.
  const isSafe = name !== 'signOut' && name !== 'endOtherSessions';
  for (const site of SITES) {
    for (const [words, originOf] of Object.entries(ORIGINS)) {
      const isLetIn = isOurs(site, words);
      if (isLetIn && !isSafe) continue;
      const origin = originOf();
      const { status, text } = await send(api[name].method, pathOf(name), {
        ...(site === undefined ? {} : { 'sec-fetch-site': site }),
        ...(origin === undefined ? {} : { origin }),
      });
      const isRefused = status === 403 && text.includes('a page of another site');
      expect([name, site, words, isRefused]).toEqual([name, site, words, !isLetIn]);
    }
  }
});

test('nothing that is read changes anything', async () => {
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const state = () =>
    [
      'events',
      'audit_entries',
      'actions',
      'servers',
      'services',
      'users',
      'api_keys',
      'enrolment_tokens',
    ].map((table) =>
      JSON.stringify(hub.rows(`SELECT * FROM ${table} ORDER BY 1`)).replaceAll(/"last_used_at":"[^"]*"/g, ''),
    );
  const before = state();
  for (const name of READS) {
    const path = api[name].path
      .replace(':action_id', String(body.action_id))
      .replace(':server_id', 'nas')
      .replace(':service_name', 'plex')
      .replaceAll(/:\w+/g, 'nobody');
    const query = name === 'exportActions' ? '?format=csv' : '';
    expect([name, (await send('GET', path + query, {})).status < 500]).toEqual([name, true]);
    expect([name, (await send('HEAD', path + query, {})).status < 500]).toEqual([name, true]);
  }
  expect(state()).toEqual(before);
});
