import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { AGENT_LINK_PATH } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { TestAgent } from '../../test/agent-fixture.ts';
import {
  API_KEY,
  disposableFolder,
  type Options,
  startTestHub,
  type TestHub,
} from '../../test/hub-fixture.ts';
import { TestStream } from '../../test/stream-fixture.ts';

const DOCUMENT = '<!doctype html><base href="/" /><title>the page</title>';

/** A dashboard as the build leaves it. */
function dashboard(folder: string): string {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), DOCUMENT);
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, '.stamp'), 'secret of the build');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'run()');
  return folder;
}

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Sends the path exactly as it stands, and follows nothing. `path` is from the host's root. */
function ask(hub: TestHub, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  const { hostname, port } = new URL(hub.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    })
      .on('error', reject)
      .end();
  });
}

async function startLab(folder: string, options: Options = {}): Promise<TestHub> {
  return startTestHub({ dashboardDir: dashboard(folder), basePath: '/lab', ...options });
}

test('below a base path every page is the one document, told where it lives', async () => {
  using folder = disposableFolder();
  await using hub = await startLab(folder.path);
  expect(new URL(hub.url).pathname).toBe('/lab');
  for (const path of ['/lab/', '/lab/index.html', '/lab/servers/nas', '/lab/actions?status=pending']) {
    const { status, text, headers } = await ask(hub, path);
    expect([path, status, text]).toEqual([path, 200, DOCUMENT.replace('href="/"', 'href="/lab/"')]);
    expect(headers['cache-control']).toBe('no-cache');
  }
  expect(await ask(hub, '/lab/assets/app-1a2b.js')).toMatchObject({ status: 200, text: 'run()' });
  expect(await ask(hub, '/lab/icon.svg')).toMatchObject({ status: 200, text: '<svg/>' });
  expect((await ask(hub, '/lab/.stamp')).text).not.toContain('secret');
});

test('the bare host and the base path without its slash lead to the dashboard', async () => {
  using folder = disposableFolder();
  await using hub = await startLab(folder.path);
  for (const path of ['/', '/lab']) {
    const { status, headers } = await ask(hub, path);
    expect([path, status, headers.location]).toEqual([path, 302, '/lab/']);
  }
});

test('above the base path there is nothing, and the answer says where the hub is', async () => {
  using folder = disposableFolder();
  await using hub = await startLab(folder.path);
  for (const path of [
    ...['/api/v1/servers', '/healthz', '/index.html', '/assets/app-1a2b.js', '/agent/v1/install.sh'],
    ...['/labs', '/labs/', '/laboratory/api/v1/servers', '/LAB/', '//lab/'],
  ]) {
    const { status, text } = await ask(hub, path, { 'x-api-key': API_KEY });
    expect([path, status]).toEqual([path, 404]);
    expect(JSON.parse(text)).toMatchObject({
      code: 'not_found',
      detail: 'There is nothing here. The hub is at /lab/',
    });
  }
});

test('below the base path what is not there is a problem, and never the page', async () => {
  using folder = disposableFolder();
  await using hub = await startLab(folder.path);
  for (const path of [
    '/lab/api/v1/nothing',
    '/lab/assets/gone.js',
    '/lab/agent/v1/files/x',
    '/lab/agent/v1/link',
  ]) {
    const { status, headers } = await ask(hub, path);
    expect([path, status]).toEqual([path, 404]);
    expect(headers['content-type']).toContain('application/problem+json');
  }
});

test('below the base path health, documents, API, stream and agents are where they belong', async () => {
  await using hub = await startTestHub({ basePath: '/lab' });
  for (const path of ['/healthz', '/readyz', '/api/openapi.json', '/api/docs', '/api/docs.css'])
    expect([path, (await ask(hub, `/lab${path}`)).status]).toEqual([path, 200]);
  const made = await hub.call('POST', '/servers', { server_id: 'nas' });
  expect(made.headers.get('location')).toBe('/lab/api/v1/servers/nas');
  await using stream = await TestStream.open(hub);
  await stream.first('hello');
  const { origin } = new URL(hub.url);
  await using agent = await new TestAgent(`${origin}/lab`).opened();
  agent.hello(await hub.hub.enrol('nas'));
  await agent.frame('welcome');
  await using lost = new TestAgent(origin, {}, AGENT_LINK_PATH);
  await expect.poll(() => lost.refusedStatus).toBe(404);
});

test('the cookie goes to the base path alone, and leaves from there', async () => {
  await using hub = await startTestHub({ basePath: '/lab' });
  const signedIn = await hub.call('POST', '/session', { api_key: API_KEY });
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; Path=\/lab\/;/);
  const [pair = ''] = cookie.split(';');
  const signedOut = await ask(hub, '/lab/api/v1/session', { cookie: pair }, 'DELETE');
  expect(signedOut.status).toBe(204);
  expect(String(signedOut.headers['set-cookie'])).toMatch(/^homelabcmd_session=; .*Path=\/lab\/;/);
});

test('a hub without a dashboard says so by problems, also at its root', async () => {
  await using hub = await startTestHub({ basePath: '/lab' });
  for (const path of ['/lab/', '/lab/servers'])
    expect([path, (await ask(hub, path)).status]).toEqual([path, 404]);
  expect((await ask(hub, '/lab')).headers.location).toBe('/lab/');
});
