import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const DEPLOY = resolve(import.meta.dirname, '../../../../deploy');
const NAMES = [
  ...[
    'install-agent.sh',
    'uninstall-agent.sh',
    'restart-service',
    'read-journal',
    'choose-logs',
    'relax-sandbox',
    'homelabcmd-restart.socket',
    'homelabcmd-restart@.service',
    'homelabcmd-journal.socket',
    'homelabcmd-journal@.service',
  ],
  ...['homelabcmd-agent.service', 'agent.mjs', 'node'],
];

/** A hub whose agent and Node.js are small files of ours; the rest is the product's own. */
async function startWith(folder: string, basePath = ''): Promise<TestHub> {
  writeFileSync(join(folder, 'agent.mjs'), 'the agent');
  writeFileSync(join(folder, 'node'), Buffer.alloc(3_000_000, 7));
  return startTestHub({
    basePath,
    agentFiles: {
      deployDir: DEPLOY,
      agentBundle: join(folder, 'agent.mjs'),
      nodeProgram: join(folder, 'node'),
    },
  });
}

/** The checksums that the script holds, by name. */
async function sumsOf(hub: TestHub): Promise<Map<string, string>> {
  const script = await (await fetch(`${hub.url}/agent/v1/install.sh`)).text();
  return new Map(
    [...script.matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)].map(([, sum = '', name = '']) => [name, sum]),
  );
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function fileOf(hub: TestHub, name: string): Promise<Buffer> {
  const response = await fetch(`${hub.url}/agent/v1/files/${name}`);
  expect([name, response.status]).toEqual([name, 200]);
  return Buffer.from(await response.arrayBuffer());
}

/** Sends the path exactly as it stands. */
function statusOf(hub: TestHub, path: string): Promise<number> {
  const { hostname, port } = new URL(hub.url);
  return new Promise((done, fail) => {
    request({ hostname, port, path }, (response) => {
      response.resume().on('end', () => done(response.statusCode ?? 0));
    })
      .on('error', fail)
      .end();
  });
}

test('the script names every file with its checksum, and each file is what the checksum says', async () => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path);
  const sums = await sumsOf(hub);
  expect([...sums.keys()].toSorted()).toEqual(NAMES.toSorted());
  for (const [name, sum] of sums) expect([name, sha256(await fileOf(hub, name))]).toEqual([name, sum]);
  expect((await fileOf(hub, 'restart-service')).equals(readFileSync(join(DEPLOY, 'restart-service')))).toBe(
    true,
  );
});

test('the script is whole, needs no key, and nobody on the way keeps it or its files', async () => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path, '/lab');
  const script = await fetch(`${hub.url}/agent/v1/install.sh`);
  expect(script.headers.get('content-type')).toBe('text/x-shellscript; charset=utf-8');
  expect(script.headers.get('cache-control')).toBe('no-store');
  expect(await script.text()).not.toMatch(/@[A-Z_]+@/);
  const file = await fetch(`${hub.url}/agent/v1/files/agent.mjs`);
  expect(await file.text()).toBe('the agent');
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="agent.mjs"');
  expect(file.headers.get('content-length')).toBe('9');
  expect(file.headers.get('cache-control')).toBe('no-store');
});

test.each([
  ...[
    'install-from-hub.sh',
    'README.md',
    'ask-script.ts',
    '',
    '.',
    '..',
    '%2e%2e',
    '__proto__',
    'constructor',
  ],
  ...['../install.sh', '..%2f..%2fpackage.json', '%2fetc%2fpasswd', '..%5c..%5cpackage.json', 'agent.mjs%00'],
  ...['agent.mjs/', 'Agent.mjs', 'node%2f', 'homelabcmd.db', './agent.mjs', '%2e/agent.mjs'],
])('nothing but the listed files is served: %s', async (name) => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path);
  expect([400, 404]).toContain(await statusOf(hub, `/agent/v1/files/${name}`));
});

test('a part that is missing is said before anything is installed', async () => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path);
  rmSync(join(folder.path, 'agent.mjs'));
  const response = await fetch(`${hub.url}/agent/v1/install.sh`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    detail: expect.stringContaining('parts of the agent: agent.mjs'),
  });
  expect(await statusOf(hub, '/agent/v1/files/agent.mjs')).toBe(404);
  expect(hub.faults).toEqual([]);
});

test('a part that was built anew while the hub runs has the checksum of what is served now', async () => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path);
  const before = (await sumsOf(hub)).get('agent.mjs');
  writeFileSync(join(folder.path, 'new'), 'the agent, better');
  renameSync(join(folder.path, 'new'), join(folder.path, 'agent.mjs'));
  const after = (await sumsOf(hub)).get('agent.mjs');
  expect(after).not.toBe(before);
  expect(after).toBe(sha256(await fileOf(hub, 'agent.mjs')));
  // Also one that is as long, and as old, as the one before.
  writeFileSync(join(folder.path, 'new'), 'the agent, bitter');
  utimesSync(join(folder.path, 'new'), 1, 1);
  renameSync(join(folder.path, 'new'), join(folder.path, 'agent.mjs'));
  expect((await sumsOf(hub)).get('agent.mjs')).toBe(sha256(await fileOf(hub, 'agent.mjs')));
});

test('a folder in the place of a part is a part that is missing', async () => {
  using folder = disposableFolder();
  await using hub = await startWith(folder.path);
  rmSync(join(folder.path, 'agent.mjs'));
  mkdirSync(join(folder.path, 'agent.mjs'));
  expect(await statusOf(hub, '/agent/v1/files/agent.mjs')).toBe(404);
  expect((await fetch(`${hub.url}/agent/v1/install.sh`)).status).toBe(503);
  expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
});
