import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';

const HUB_BUNDLE = fileURLToPath(new URL('../../packages/hub/dist/homelabcmd.mjs', import.meta.url));
/** As `npm start` and the launcher of a release have it. */
const SURROUNDINGS = { PATH: process.env['PATH'], MALLOC_ARENA_MAX: '1' };
const READY_WITHIN_MS = 20_000;

/** The built hub as a process of its own, which can be killed and started again on the same port and data. */
export interface HubProcess extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  readonly pid: number;
  /** Where its store is. */
  readonly dataDir: string;
  /** Ends it without warning, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** What it printed so far. */
  output(): string;
}

export async function startHubProcess(settings: Record<string, string> = {}): Promise<HubProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'homelabcmd-hub-'));
  const port = settings['HOMELABCMD_PORT'] ?? String(await freePort());
  const host = settings['HOMELABCMD_HOST'] ?? '127.0.0.1';
  const isOnLoopback = host.startsWith('127.');
  const url = `${isOnLoopback ? 'http' : 'https'}://${host}:${port}${settings['HOMELABCMD_BASE_PATH'] ?? ''}`;
  const apiKey = 'the-key-of-the-whole-house-tests-0123';
  let child: ChildProcess | undefined;
  let output = '';

  const start = async () => {
    const started = spawn(process.execPath, [HUB_BUNDLE, 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...SURROUNDINGS,
        HOMELABCMD_PORT: port,
        HOMELABCMD_DATA_DIR: dataDir,
        HOMELABCMD_API_KEY: apiKey,
        HOMELABCMD_LOCAL_AGENT: 'off',
        ...settings,
      },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
      });
    }
    if (!isOnLoopback) await takeAuthorityIn(dataDir, () => started.exitCode !== null);
    await untilReady(
      url,
      () => started.exitCode !== null,
      () => output,
    );
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  await start();
  return {
    url,
    apiKey,
    dataDir,
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    start,
    output: () => output,
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The address that the console shows for the first account. */
export function setUpLink(hub: HubProcess): string {
  const link = /Begin +(\S+\/setup#\S+)/.exec(hub.output())?.[1];
  if (link === undefined) throw new Error(`the hub shows no way to the first account:\n${hub.output()}`);
  return link;
}

/** From here on this process takes the certificate of the hub in this folder, as a browser does that was told to. */
async function takeAuthorityIn(dataDir: string, hasEnded: () => boolean): Promise<void> {
  const path = join(dataDir, 'tls', 'authority.pem');
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (!existsSync(path) && !hasEnded() && Date.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (!existsSync(path)) return;
  const known = tls.getCACertificates('default');
  const authority = readFileSync(path, 'utf8');
  if (!known.includes(authority)) tls.setDefaultCACertificates([...known, authority]);
}

async function untilReady(url: string, hasEnded: () => boolean, output: () => string): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (hasEnded()) throw new Error(`the hub ended while it was starting:\n${output()}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the hub was not ready after ${READY_WITHIN_MS} ms:\n${output()}`);
}
