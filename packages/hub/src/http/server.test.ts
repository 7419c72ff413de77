import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, EVENTS_PATH, ServiceName } from '@homelabcmd/protocol';
import { hostileTexts } from '@homelabcmd/testkit/hostile';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { API_KEY, disposableFolder, startTestHub } from '../../test/hub-fixture.ts';

interface OpenApi {
  openapi: string;
  paths: Record<
    string,
    Record<string, { summary: string; security?: object[]; responses: Record<string, object> }>
  >;
}

test('openapi.json is OpenAPI 3.1 and lists every route, with what it answers', async () => {
  await using hub = await startTestHub();
  const document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as OpenApi;
  expect(document.openapi).toMatch(/^3\.1\./);
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const ours = Object.values(api).map(
    ({ method, path }) => `${method} /api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  expect(listed.toSorted()).toEqual([...ours, `GET /api/v1${EVENTS_PATH}`].toSorted());
  const restart = document.paths['/api/v1/servers/{server_id}/services/{service_name}/restart']?.post;
  for (const status of ['201', '400', '401', '404', '409', '422', '429', '500'])
    expect(restart?.responses).toHaveProperty(status);
  expect(document.paths['/api/v1/session']?.post?.security).toEqual([]);
});

test('/healthz and /readyz need no key', async () => {
  await using hub = await startTestHub();
  for (const [path, status] of [
    ['/healthz', 'ok'],
    ['/readyz', 'ready'],
  ]) {
    const response = await fetch(hub.url + path);
    expect([response.status, await response.json()]).toEqual([200, { status }]);
  }
});

test('an answer to a GET says up to which event it is sure to be true', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { body } = await hub.restart('nas', 'plex');
  const list = await hub.call('GET', '/actions');
  expect(list.headers.get('x-as-of-event')).toBe(String(body.revision));
});

test('every answer is sent with headers that keep a browser careful', async () => {
  await using hub = await startTestHub();
  const { headers } = await hub.call('GET', '/servers');
  expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('the pages that opened ours are kept out where browsers heed it, and no other browser complains', async () => {
  await using hub = await startTestHub();
  const policyFor = async (headers: Record<string, string>) =>
    (await fetch(`${hub.url}/api/v1/servers`, { headers })).headers.get('cross-origin-opener-policy');
  expect(await policyFor({ 'sec-fetch-dest': 'document' })).toBe('same-origin');
  expect(await policyFor({})).toBeNull();
});

test('the dashboard is served at every address of a page, and never in the place of the API', async () => {
  using folder = disposableFolder();
  mkdirSync(join(folder.path, 'assets'));
  writeFileSync(join(folder.path, 'index.html'), '<title>the page</title>');
  writeFileSync(join(folder.path, 'assets', 'app-1a2b.js'), 'run()');
  await using hub = await startTestHub({ dashboardDir: folder.path });
  const get = async (path: string) => {
    const response = await fetch(hub.url + path);
    return [response.status, response.headers.get('cache-control'), await response.text()] as const;
  };
  for (const path of ['/', '/servers/nas', '/index.html', '/..%2f..%2fetc/passwd'])
    expect(await get(path)).toEqual([200, 'no-cache', '<title>the page</title>']);
  expect(await get('/assets/app-1a2b.js')).toEqual([200, 'public, max-age=31536000, immutable', 'run()']);
  for (const path of ['/assets/gone.js', '/api/v1/nothing', '/agent/v1/link'])
    expect((await get(path))[0]).toBe(404);
});

test('a page whose address holds the name of a service is the page, whatever is in the name', async () => {
  using folder = disposableFolder();
  writeFileSync(join(folder.path, 'index.html'), '<title>the page</title>');
  await using hub = await startTestHub({ dashboardDir: folder.path });
  const missed: string[] = [];
  for (const name of hostileTexts) {
    if (!ServiceName.safeParse(name).success) continue;
    const { status } = await fetch(`${hub.url}/servers/nas/services/${encodeURIComponent(name)}/edit`);
    if (status !== 200) missed.push(`${status} ${name.slice(0, 60)}`);
  }
  expect(missed).toEqual([]);
});

test('the hub stops quickly with a stream, an agent and an idle connection open, and leaves nothing unclosed', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const stream = await fetch(`${hub.url}/api/v1/events`, { headers: { 'x-api-key': API_KEY } });
  await hub.call('GET', '/servers');
  const beforeMs = performance.now();
  await hub.stop();
  expect(performance.now() - beforeMs).toBeLessThan(1500);
  expect((await agent.frame('goodbye')).code).toBe('hub_stopping');
  await stream.text().catch(() => '');
  await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow('fetch failed');
  expect(hub.faults).toEqual([]);
});

test('the hub stops also when an agent does not answer its goodbye', async () => {
  await using hub = await startTestHub();
  const agent = await connectAgent(hub, 'nas');
  agent.socket.pause();
  const beforeMs = performance.now();
  await hub.stop();
  expect(performance.now() - beforeMs).toBeLessThan(4000);
  agent.socket.terminate();
});
