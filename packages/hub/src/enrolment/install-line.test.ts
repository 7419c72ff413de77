import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import {
  API_KEY,
  disposableFolder,
  type Options,
  startTestHub,
  type TestHub,
} from '../../test/hub-fixture.ts';
import { installLine, urlForServers } from './install-line.ts';

interface Enrolment extends Problem {
  readonly token: string;
  readonly command: string;
  readonly warning: string | null;
}

/** Asks for the line under a Host of our own choosing, as a proxy or a browser sends it. */
function enrol(
  hub: TestHub,
  headers: Record<string, string>,
  server = 'nas',
): Promise<{ status: number; body: Enrolment }> {
  const { hostname, port, pathname } = new URL(`${hub.url}/api/v1/servers/${server}/enrolment`);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path: pathname, method: 'POST', headers: { 'x-api-key': API_KEY, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Enrolment }),
        );
      },
    );
    sent.on('error', reject).end();
  });
}

test.each<[string, Options, Record<string, string>, string]>([
  ['the Host that was asked', {}, { host: 'hub.lan:8080' }, 'http://hub.lan:8080'],
  [
    "a browser's own word, behind a proxy that speaks TLS",
    {},
    { host: 'hub.lan', origin: 'https://hub.lan' },
    'https://hub.lan',
  ],
  [
    "the Host, where another site's page asks",
    {},
    { host: 'hub.lan', origin: 'https://evil.example' },
    'http://hub.lan',
  ],
  [
    'what a person has set, whatever the Host says',
    { publicUrl: 'https://hub.example.org' },
    { host: 'evil.example' },
    'https://hub.example.org',
  ],
  ['the base path', { basePath: '/homelab' }, { host: 'hub.lan' }, 'http://hub.lan/homelab'],
  [
    'the base path that a person has set',
    { basePath: '/homelab', publicUrl: 'https://example.org/homelab' },
    { host: '127.0.0.1' },
    'https://example.org/homelab',
  ],
])('the line names %s', async (_what, options, headers, url) => {
  await using hub = await startTestHub(options);
  const { status, body } = await enrol(hub, headers);
  expect([status, body.warning]).toEqual([201, null]);
  expect(body.command).toContain(`--hub ${url} --token ${body.token}`);
  expect(body.command).toContain(`curl -fsS ${url}/agent/v1/install.sh`);
});

test.each([
  ['127.0.0.1:8080', /HOMELABCMD_HOST=0\.0\.0\.0/],
  ['localhost', /localhost means, on another machine, that machine/],
  ['[::1]:8080', /^This line works only on the machine of the hub/],
])('a line that works on this machine alone says so: %s', async (host, warning) => {
  await using hub = await startTestHub();
  expect((await enrol(hub, { host })).body.warning).toMatch(warning);
});

test('the warning says what to do by how the hub is set up', () => {
  const warning = (given: { publicUrl: string | null; host: string }, origin: string) => {
    const address = { basePath: '', ...given };
    return installLine(address, urlForServers(address, origin), 'hlce_x').warning;
  };
  const everywhere = warning({ publicUrl: null, host: '0.0.0.0' }, 'http://localhost:8080');
  expect(everywhere).toContain('Open the hub by its name');
  expect(everywhere).not.toContain('HOMELABCMD_HOST');
  const said = warning({ publicUrl: 'http://127.0.0.1:8080', host: '0.0.0.0' }, 'http://hub.lan');
  expect(said).toContain('Set HOMELABCMD_PUBLIC_URL to an address');
  expect(warning({ publicUrl: null, host: '127.0.0.1' }, 'https://hub.example.org')).toBeNull();
});

test.each(["hub'; rm -rf x; '", 'hub$(id)', 'hub`id`', 'hub lan', 'hub"x', 'hub:99999', 'hub&x'])(
  'a Host that is no address is 400, and nothing is made: %s',
  async (host) => {
    await using hub = await startTestHub();
    const { status, body } = await enrol(hub, { host });
    expect(status).toBe(400);
    expect(body.detail).toContain('HOMELABCMD_PUBLIC_URL');
    expect(hub.rows('SELECT * FROM servers')).toEqual([]);
    expect(hub.rows('SELECT * FROM enrolment_tokens')).toEqual([]);
  },
);

test.each(['a b', 'a;b', '$(id)', "a'b", '../x', '%00', 'ä'])(
  'a server whose name a shell could take for more is 422: %s',
  async (name) => {
    await using hub = await startTestHub();
    const path = `/servers/${name === '%00' ? name : encodeURIComponent(name)}/enrolment`;
    expect((await hub.call('POST', path)).status).toBe(422);
  },
);

const ADDRESSES = ['http://hub.lan:8080/lab', 'https://[2001:db8::7]:8443', 'http://[::1]'];

/** What a shell makes of the line, with programs in the place of curl and sh that say how they were called. */
function runLine(folder: string, command: string): { fetched: string; script: string } {
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program('curl', `printf '%s|' "$@" > "${folder}/curl.log"; echo the-script`);
  program('sudo', 'exec "$@"');
  program('sh', `cat > "${folder}/script.log"`);
  const options = { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' } as const;
  execFileSync('/bin/sh', ['-c', command], options);
  const read = (name: string) => execFileSync('/bin/cat', [join(folder, name)], options);
  return { fetched: read('curl.log'), script: read('script.log') };
}

test.each(ADDRESSES)('a shell reads the line as it is meant: %s', (origin) => {
  using folder = disposableFolder();
  // A file that an unquoted address with brackets would match.
  const { command } = installLine({ publicUrl: null, basePath: '', host: '::' }, origin, 'hlce_a-b_c');
  const { fetched, script } = runLine(folder.path, command);
  expect(fetched).toBe(`-fsS|${origin}/agent/v1/install.sh|`);
  expect(script).toBe(`set -- --hub ${origin} --token hlce_a-b_c\nthe-script\n`);
});

test('an address with brackets stands in quotes: some shells take brackets for a pattern, and stop', () => {
  const { command } = installLine({ publicUrl: null, basePath: '', host: '::' }, 'http://[::7]', 'hlce_x');
  expect(command.match(/'http:\/\/\[::7\]\/agent\/v1\/install\.sh'/g)).toHaveLength(2);
});

test('a name with an underscore in it, as people give them, is an address', () => {
  const address = { publicUrl: null, basePath: '/lab', host: '::' };
  expect(urlForServers(address, 'http://my_hub.lan:8080')).toBe('http://my_hub.lan:8080/lab');
  expect(() => urlForServers(address, "http://a'b")).toThrow('HOMELABCMD_PUBLIC_URL');
});
