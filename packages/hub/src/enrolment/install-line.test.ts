import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { certificateFingerprint, keyPinOf, readEnrolmentToken } from '@homelabcmd/protocol/link';
import type { Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import {
  API_KEY,
  disposableFolder,
  type Options,
  startTestHub,
  type TestHub,
} from '../../test/hub-fixture.ts';
import { issueAuthority, issueCertificate } from '../tls/issue.ts';
import { endsAtHub, installLine, urlForServers } from './install-line.ts';

interface Enrolment extends Problem {
  readonly token: string;
  readonly command: string;
  readonly warning: string | null;
}

const BARE = { publicUrl: null, basePath: '', host: '::', port: 8080, trustedProxies: [] };
/** With every character that base64 has and a name has not. */
const PIN = `sha256//${'+/Aa9'.repeat(8)}abc=`;

/** Asks for the line under a Host of our own choosing, as a proxy or a browser sends it. */
function enrol(
  hub: TestHub,
  headers: Record<string, string>,
  server = 'nas',
): Promise<{ status: number; body: Enrolment }> {
  const { hostname, port, pathname } = new URL(`${hub.hub.localUrl}/api/v1/servers/${server}/enrolment`);
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
  [
    'the Host that was asked, by https, since servers speak nothing else',
    {},
    { host: 'hub.lan:8080' },
    'https://hub.lan:8080',
  ],
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
    'https://hub.lan',
  ],
  [
    'what a person has set, whatever the Host says',
    { publicUrl: 'https://hub.example.org' },
    { host: 'evil.example' },
    'https://hub.example.org',
  ],
  ['the base path', { basePath: '/homelab' }, { host: 'hub.lan' }, 'https://hub.lan/homelab'],
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

test('where the hub speaks TLS by its own authority, line and token say which it is; behind a proxy they do not', async () => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  await using hub = await startTestHub({ host: '0.0.0.0', port, trustedProxies: ['127.0.0.1'] });
  const authority = await (await fetch(`${hub.hub.localUrl}/agent/v1/authority.pem`)).text();
  const own = await enrol(hub, { host: `attic.lan:${port}` });
  expect(own.body.token).toMatch(new RegExp(`_${certificateFingerprint(authority)}$`));
  const proxied = await enrol(hub, { host: 'hub.example.org', 'x-forwarded-proto': 'https' });
  expect(readEnrolmentToken(proxied.body.token)?.authorityFingerprint).toBeNull();
  expect(proxied.body.command).not.toContain('--pin');
  // The name by which the server was added is one of the certificate's from here on.
  const socket = connect({ port, host: '127.0.0.1', servername: 'attic.lan', ca: authority });
  await once(socket, 'secureConnect');
  const pin = keyPinOf(socket.getPeerX509Certificate()?.toString() ?? '');
  expect(own.body.command).toContain(
    ` --pin ${pin} "$@"'; curl -fsSk --pinnedpubkey ${pin} https://attic.lan:${port}/`,
  );
  socket.destroy();
});

test('a certificate that somebody brought, and that is for other names, is warned of', async () => {
  using folder = disposableFolder();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [from, to] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
  const by = { key: privateKey, certificate: await issueAuthority(privateKey, 'Home', { from, to }) };
  const certificate = await issueCertificate(by, { key: privateKey, names: ['hub.lan'], from, to });
  const tls = { certificateFile: join(folder.path, 'c.pem'), keyFile: join(folder.path, 'k.pem') };
  writeFileSync(tls.certificateFile, certificate);
  writeFileSync(tls.keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await using hub = await startTestHub({ tls });
  expect((await enrol(hub, { host: 'hub.lan' })).body.warning).toBeNull();
  expect((await enrol(hub, { host: 'attic.lan' })).body.warning).toMatch(
    /is not for attic\.lan, so no agent/,
  );
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
    const address = { ...BARE, ...given };
    return installLine(address, urlForServers(address, origin), 'hlce_x', null).warning;
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

test.each([
  ['https://hub.lan:8080', [], true],
  ['https://hub.lan', [], true],
  ['https://hub.lan:8080', ['10.0.0.1'], true],
  ['https://hub.lan', ['10.0.0.1'], false],
  ['http://127.0.0.1:8080', [], false],
])('%s, with the proxies %j, leads to the hub itself: %s', (hub, trustedProxies, isOurs) => {
  expect(endsAtHub(hub, { ...BARE, trustedProxies })).toBe(isOurs);
});

test.each(ADDRESSES)('a shell reads the line as it is meant: %s', (origin) => {
  using folder = disposableFolder();
  // A file that an unquoted address with brackets would match.
  const { command } = installLine(BARE, origin, 'hlce_a-b_c', null);
  const { fetched, script } = runLine(folder.path, command);
  expect(fetched).toBe(`-fsS|${origin}/agent/v1/install.sh|`);
  expect(script).toBe(`set -- --hub ${origin} --token hlce_a-b_c "$@"\nthe-script\n`);
  const pinned = runLine(folder.path, installLine(BARE, origin, 'hlce_a-b_c', PIN).command);
  expect(pinned.fetched).toBe(`-fsSk|--pinnedpubkey|${PIN}|${origin}/agent/v1/install.sh|`);
  expect(pinned.script).toBe(`set -- --hub ${origin} --token hlce_a-b_c --pin ${PIN} "$@"\nthe-script\n`);
});

test('an address with brackets stands in quotes: some shells take brackets for a pattern, and stop', () => {
  const { command } = installLine(BARE, 'http://[::7]', 'hlce_x', null);
  expect(command.match(/'http:\/\/\[::7\]\/agent\/v1\/install\.sh'/g)).toHaveLength(2);
});

test('a name with an underscore in it, as people give them, is an address', () => {
  const address = { ...BARE, basePath: '/lab' };
  expect(urlForServers(address, 'https://my_hub.lan:8080')).toBe('https://my_hub.lan:8080/lab');
  expect(() => urlForServers(address, "http://a'b")).toThrow('HOMELABCMD_PUBLIC_URL');
});
