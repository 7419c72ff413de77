import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { root } from '../prepare/root.mjs';
import { pack } from './pack.mjs';

const TIME_SECONDS = 1_700_000_000;
const API_KEY = 'the-key-of-the-release-test-0123456789';
const SLOW = { timeout: 120_000 };
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `homelabcmd-${version}`;

let made = '';
let unpacked = '';

beforeAll(() => {
  made = mkdtempSync(join(tmpdir(), 'homelabcmd-release-'));
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(TIME_SECONDS) };
  execFileSync(process.execPath, [join(root, 'scripts/release.mjs'), join(made, 'out')], { env });
  unpacked = join(made, 'machine', name);
  mkdirSync(join(made, 'machine'));
  execFileSync('tar', ['-xzf', join(made, 'out', `${name}.tar.gz`), '-C', join(made, 'machine')]);
}, 120_000);

afterAll(() => rmSync(made, { recursive: true, force: true }));

/** The command of the release, on a machine where nothing of ours is but the release. @param {string[]} words */
function environmentOf(words = ['/usr/bin', '/bin']) {
  return {
    PATH: words.join(':'),
    HOMELABCMD_DATA_DIR: join(made, 'data'),
    HOMELABCMD_CONFIG: join(made, 'hub.conf'),
  };
}

test('the checksums hold, and equal files make an equal archive', SLOW, async () => {
  const out = join(made, 'out');
  expect(execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' })).toBe(
    `${name}.tar.gz: OK\n${name}.cdx.json: OK\n`,
  );
  const again = join(made, 'again.tar.gz');
  await pack(unpacked, again, new Date(TIME_SECONDS * 1000));
  expect(readFileSync(again).equals(readFileSync(join(out, `${name}.tar.gz`)))).toBe(true);
});

test('it holds what it needs and nothing of ours that it does not', () => {
  const names = execFileSync('tar', ['-tzf', join(made, 'out', `${name}.tar.gz`)], { encoding: 'utf8' });
  for (const wanted of [
    'LICENSE',
    'README.md',
    'docs/backup.md',
    'deploy/install-agent.sh',
    'lib/agent.mjs',
    'lib/agent/release.json',
    'lib/agent/release.sig',
  ])
    expect(names).toContain(`${name}/${wanted}\n`);
  expect(names).not.toMatch(/node_modules|\.test\.|\.ts\n|\.built|licenses\.json/);
  const all = execFileSync('tar', ['-tvzf', join(made, 'out', `${name}.tar.gz`)], { encoding: 'utf8' });
  for (const line of all.trim().split('\n')) expect(line).toMatch(/^(-rw-r--r--|[-d]rwxr-xr-x) 0\/0 /);
});

test('every package inside has its licence in the one document and its line in the bill of materials', () => {
  const bom = JSON.parse(readFileSync(join(unpacked, 'sbom.cdx.json'), 'utf8'));
  const licenses = readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES'), 'utf8');
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'homelabcmd', version } },
  });
  const chapters = [...licenses.matchAll(/^={80}\n(\S+) (\S+) \(\S/gm)].map(([, one, at]) => `${one}@${at}`);
  /** @type {string[]} */
  const components = bom.components.map(
    (/** @type {{ name: string, version: string }} */ one) => `${one.name}@${one.version}`,
  );
  expect([...new Set(components)].sort()).toEqual(chapters.sort());
  for (const bundled of [
    'fastify',
    'kysely',
    'pg',
    'pg-pool',
    'zod',
    'react',
    'dbus-native',
    '@fontsource/ibm-plex-mono',
  ])
    expect(components.join('\n')).toContain(`${bundled}@`);
  for (const tool of ['vitest', 'typescript', 'playwright-core', 'vite'])
    expect(components.join('\n')).not.toMatch(new RegExp(`^${tool}@`, 'm'));
  expect(licenses).toContain('Permission is hereby granted');
  expect(licenses).toContain('SIL OPEN FONT LICENSE');
});

test(
  'unpacked where nothing else is, it serves the dashboard, the API and the agent, and can be kept',
  SLOW,
  async () => {
    symlinkSync(process.execPath, join(unpacked, 'lib/node'));
    symlinkSync(join(unpacked, 'bin/homelabcmd'), join(made, 'homelabcmd'));
    writeFileSync(join(made, 'hub.conf'), `HOMELABCMD_PORT=0\nHOMELABCMD_API_KEY=${API_KEY}\n`);
    const env = environmentOf();
    const hub = spawn(join(made, 'homelabcmd'), ['serve'], { cwd: made, env });
    onTestFinished(() => void hub.kill('SIGKILL'));
    let said = '';
    for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (data) => (said += data));
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/Look {6}http\S+/);
    const [, url = ''] = /Look {6}(\S+)/.exec(said) ?? [];
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    const page = await (await fetch(url)).text();
    const [, script = ''] = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(page) ?? [];
    expect((await fetch(`${url}/${script}`)).headers.get('content-type')).toMatch(/javascript/);
    expect(await (await fetch(`${url}/agent/v1/install.sh`)).text()).toMatch(
      /[0-9a-f]{64} {2}homelabcmd-agent-linux-/,
    );
    const online = async () => {
      const answer = await fetch(`${url}/api/v1/servers`, { headers: { 'x-api-key': API_KEY } });
      return (await answer.json()).servers.map((/** @type {{ liveness: string }} */ one) => one.liveness);
    };
    await expect.poll(online, { timeout: 30_000 }).toEqual(['online']);

    const command = (/** @type {string[]} */ ...words) =>
      spawnSync(join(made, 'homelabcmd'), words, { cwd: made, env, encoding: 'utf8' });
    expect(command('version').stdout).toMatch(new RegExp(`^homelabcmd ${version} `));
    const copy = join(made, 'copy.db');
    expect(command('backup', '--to', copy)).toMatchObject({ status: 0 });
    expect(existsSync(copy)).toBe(true);
    expect(command('doctor').stdout).toContain('agent, installer and dashboard are there');
    hub.kill('SIGTERM');
    await expect.poll(() => hub.exitCode, { timeout: 20_000 }).toBe(0);
    expect(command('restore', copy)).toMatchObject({ status: 0, stderr: '' });
  },
);

test.each([
  ['20.11.1', `HomelabCmd needs Node.js 24.7 or newer; `],
  ['24.6.9', `HomelabCmd needs Node.js 24.7 or newer; `],
])('with Node.js %s it says what it needs', (old, sentence) => {
  const folder = mkdtempSync(join(made, 'old-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho ${old}\n`);
  chmodSync(join(folder, 'node'), 0o755);
  writeFileSync(join(folder, 'bin/homelabcmd'), readFileSync(join(unpacked, 'bin/homelabcmd')));
  chmodSync(join(folder, 'bin/homelabcmd'), 0o755);
  const env = environmentOf([folder, '/usr/bin', '/bin']);
  const { status, stderr } = spawnSync(join(folder, 'bin/homelabcmd'), ['version'], {
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(old);
});
