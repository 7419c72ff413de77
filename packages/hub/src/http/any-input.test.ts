import { API_BASE, api, type RouteContract } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { API_KEY, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const ALL = Object.entries(api) as [string, RouteContract][];
/** The server goes last, or most of the others would find nothing. */
const ROUTES = [
  ...ALL.filter(([name]) => name !== 'deleteServer'),
  ...ALL.filter(([name]) => name === 'deleteServer'),
];
/** Values that exist, so that not every request ends at «not found». */
const REAL = [
  ...['nas', 'plex', '1', '2', 'bootstrap', 'pending', 'csv', 'json', 'true'],
  ...['cpu_percent', '2026-01-01', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
];

const text = fc.oneof(
  fc.constantFrom(...REAL),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '%',
    '..',
    '-1',
    '1e400',
    '٣',
    'x'.repeat(300),
    "' OR 1=1 --",
    '=cmd',
    '\u202E',
  ),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.oneof(fc.boolean(), fc.integer(), fc.double({ noNaN: true }), fc.constant(null)),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const KNOWN_FIELDS = [
  ...[
    'server_id',
    'service_name',
    'display_name',
    'name',
    'reason',
    'note',
    'digest',
    'api_key',
    'on',
    'until',
  ],
  ...['tags', 'critical', 'enabled', 'probe', 'services', '__proto__', 'constructor', 'toString'],
];
const wish = fc.record(
  { service_name: value, probe: value, critical: value },
  { requiredKeys: ['service_name'] },
);
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...KNOWN_FIELDS), value, { maxKeys: 4 }),
  fc.record({ services: fc.array(wish, { maxLength: 3 }) }),
  fc.record({ probe: fc.record({ kind: fc.constantFrom('http', 'tcp'), url: value, port: value }) }),
  fc.jsonValue({ maxDepth: 3 }),
);
const QUERY_FIELDS = [
  'limit',
  'offset',
  'status',
  'q',
  'server_id',
  'service_name',
  'all',
  'format',
  'force',
  'tag',
  ...['actor', 'verb', 'since', 'until', 'cursor', 'after', 'action_id'],
  ...['from', 'to', 'metric', 'points'],
];
const query = fc.array(fc.tuple(fc.constantFrom(...QUERY_FIELDS), text), { maxLength: 4 });

/** One request of a route, with anything at all where something is expected. */
const asked = (route: RouteContract) =>
  fc.record({
    parts: fc.oneof(fc.constant<string[]>(['nas', 'plex']), fc.array(text, { minLength: 2, maxLength: 2 })),
    query: fc.oneof(fc.constantFrom<Asked['query'][]>([], [['format', 'csv']]), query),
    body: route.method === 'GET' ? fc.constant(undefined) : fc.option(body, { nil: undefined }),
  });

interface Asked {
  readonly parts: string[];
  readonly query: [string, string][];
  readonly body: unknown;
}

const encoded = (part: string): string => encodeURIComponent(part.toWellFormed()).replaceAll('.', '%2E');

async function send(hub: TestHub, route: RouteContract, { parts, query: pairs, body: given }: Asked) {
  let n = 0;
  const path = route.path.replaceAll(/:\w+/g, () => encoded(parts[n++] ?? ''));
  const search = pairs.map(([key, text_]) => `${key}=${encoded(text_)}`).join('&');
  return fetch(`${hub.url}${API_BASE}${path}${search === '' ? '' : `?${search}`}`, {
    method: route.method,
    headers: { 'x-api-key': API_KEY, ...(given === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    signal: AbortSignal.timeout(10_000),
  });
}

test('every route of the contract, asked with anything at all, answers what it says and is never at fault', {
  // Some 1,600 requests: minutes, where the machine is full.
  timeout: 600_000,
}, async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.reports([report('plex.service'), failedReport('sonarr.service')]);
  await agent.settled();
  await hub.restart('nas', 'plex');
  const seen = new Set<string>();
  for (const [name, route] of ROUTES) {
    await fc.assert(
      fc.asyncProperty(asked(route), async (given) => {
        const response = await send(hub, route, given);
        const said = await response.text();
        const isGood = response.status === route.status;
        if (isGood) seen.add(name);
        expect([name, response.status, isGood || (response.status >= 400 && response.status < 500)]).toEqual([
          ...[name, response.status],
          true,
        ]);
        expect(said).not.toMatch(/\bat .*\.ts:|SQLITE|node_modules|FOREIGN KEY/);
        if (!isGood)
          expect(JSON.parse(said)).toMatchObject({ status: response.status, detail: expect.any(String) });
        else if (route.status !== 204 && !route.file)
          expect(route.response.safeParse(JSON.parse(said)).success).toBe(true);
      }),
      { numRuns: 20, seed: 11, endOnFailure: true },
    );
  }
  expect(hub.faults).toEqual([]);
  // What has no state to be in is reached also by chance: else the requests would be too odd to prove anything.
  for (const name of [
    'listServers',
    'listActions',
    'listKeys',
    'discoveredServices',
    'recentMetrics',
    'exportActions',
  ])
    expect(seen).toContain(name);
});
