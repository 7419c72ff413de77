import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addressesOf } from '@homelabcmd/hub/addresses';

const HUB_BUNDLE = fileURLToPath(new URL('../../packages/hub/dist/homelabcmd.mjs', import.meta.url));
const READY_WITHIN_MS = 20_000;

/** The built hub as a child of this process, with a store that goes with it. */
export interface DemoHub extends AsyncDisposable {
  /** Where people look. */
  readonly url: string;
  /** Where this machine reaches it, and the servers, which share its network. */
  readonly localUrl: string;
  readonly apiKey: string;
  /** Makes the first account. */
  setUpLink(): string;
  /** Sends JSON to `/api/v1<path>` and answers what it says. Any status but 2xx fails. */
  post(path: string, body: unknown): Promise<unknown>;
  /** Settles when the hub has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export async function startHub(host: string, port: number): Promise<DemoHub> {
  if (!existsSync(HUB_BUNDLE)) throw new Error(`There is no built hub at ${HUB_BUNDLE}: run npm run build.`);
  const dataDir = await mkdtemp(join(tmpdir(), 'homelabcmd-lab-hub-'));
  const apiKey = `lab_${randomBytes(24).toString('base64url')}`;
  // The kernel ends the hub when this process is killed and can end it no more.
  const linkFile = join(dataDir, 'set-up-link');
  const serve = [HUB_BUNDLE, 'serve', '--set-up-link', linkFile];
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, ...serve], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOMELABCMD_HOST: host,
      HOMELABCMD_PORT: String(port),
      HOMELABCMD_DATA_DIR: dataDir,
      HOMELABCMD_API_KEY: apiKey,
      HOMELABCMD_LOCAL_AGENT: 'off',
      HOMELABCMD_LOG_LEVEL: 'warn',
    },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const { url, localUrl } = addressesOf({ host, basePath: '', tls: null, publicUrl: null }, port);
  const hub: DemoHub = {
    ...{ url, localUrl },
    apiKey,
    setUpLink: () => readFileSync(linkFile, 'utf8').trim(),
    ended,
    async post(path, body) {
      const answer = await fetch(`${localUrl}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  const ready = await untilReady(localUrl, join(dataDir, 'tls', 'authority.pem'), ended);
  if (ready) return hub;
  await hub[Symbol.asyncDispose]();
  throw new Error('The hub did not start; what it said stands above.');
}

/** @param authorityFile what the hub's certificate is from, where it is asked by TLS */
async function untilReady(url: string, authorityFile: string, ended: Promise<void>): Promise<boolean> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!hasEnded && performance.now() < deadline) {
    if (url.startsWith('https:') && existsSync(authorityFile))
      tls.setDefaultCACertificates([readFileSync(authorityFile, 'utf8')]);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true && !hasEnded) return true;
    await pause(50);
  }
  return false;
}
