import { createServer } from 'node:net';
import { isDataDirHeld } from '../../store/lock.ts';
import { addressesOf } from '../../tls/addresses.ts';
import { addressOf } from '../address.ts';
import { type Finding, type Patient, fail, ok, warn } from './check.ts';

const ANSWER_WITHIN_MS = 3000;
const NAME = 'Hub';

/** Does a hub hold the data folder, and does it answer where these settings say? If none does, is the port free? */
export async function runningHub({ loaded: { config } }: Patient): Promise<Finding> {
  const { dataDir, host, port } = config;
  const isHeld = isDataDirHeld(dataDir);
  if (port === 0) return ok(NAME, isHeld ? 'runs, on a port of its choice' : 'does not run');
  if (isHeld) {
    const url = addressOf(config);
    const health = await ask(`${url}/readyz`);
    if (health === 'ready') return ok(NAME, `runs and answers at ${url}`);
    return fail(
      NAME,
      `a hub holds ${dataDir}, but at ${url} there is ${health}`,
      'Was it started with other settings? Otherwise look at its log, and restart it.',
    );
  }
  const trouble = await listenTrouble(host, port);
  if (trouble === null) return ok(NAME, `does not run; port ${port} of ${host} is free`);
  const todo = 'Stop what uses it, or choose another with HOMELABCMD_PORT.';
  return trouble === 'EADDRINUSE'
    ? fail(NAME, `does not run, and port ${port} of ${host} is taken by something else`, todo)
    : fail(
        NAME,
        `could not listen on port ${port} of ${host} (${trouble})`,
        'Change HOMELABCMD_HOST or HOMELABCMD_PORT.',
      );
}

/** Where people and agents find the hub. */
export async function publicAddress({ loaded: { config } }: Patient): Promise<Finding> {
  const name = 'Address';
  const { publicUrl, basePath } = config;
  if (publicUrl === null) {
    const { url, localUrl } = addressesOf(config, config.port);
    const whom = url === localUrl ? `${url}, for this machine alone` : url;
    return ok(name, `${whom} (HOMELABCMD_PUBLIC_URL is not set)`);
  }
  if (isDataDirHeld(config.dataDir)) {
    const health = await ask(`${publicUrl}/readyz`);
    if (health !== 'ready')
      return warn(
        name,
        `at ${publicUrl} there is ${health}`,
        `Check the reverse proxy: it passes ${basePath || '/'} on to ${addressOf(config)}.`,
      );
  }
  return ok(name, publicUrl);
}

/** `ready`, or what there is instead, in words. */
async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: 'manual' });
    const body = (await response.json().catch(() => null)) as { status?: unknown } | null;
    if (response.ok && body?.status === 'ready') return 'ready';
    return response.status === 503
      ? 'a hub that cannot reach its store'
      : `another program (status ${response.status})`;
  } catch {
    return 'no answer';
  }
}

/** The code of the error with which listening fails, `null` when it works. */
function listenTrouble(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(null)));
  });
}
