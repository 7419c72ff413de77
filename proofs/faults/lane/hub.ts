import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, isListening } from '../../../test/house/ports.ts';

const HUB_BUNDLE = fileURLToPath(new URL('../../../packages/hub/dist/homelabcmd.mjs', import.meta.url));
const KILL_AT = new URL('../kill-at.mjs', import.meta.url).href;
const READY_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 10;
const KEPT_OUTPUT = 200_000;

/** The built hub under a supervisor that starts it again whenever it has ended, on the same port and store. */
export interface SupervisedHub extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  readonly dataDir: string;
  /** Ends it with SIGKILL; false when it has ended already. */
  kill(): boolean;
  /** Until it answers. @throws when it does not come up */
  ready(): Promise<void>;
  /** Ends that were no SIGKILL. */
  readonly ownEnds: readonly string[];
  output(): string;
}

/** `faultsDir` is the folder of `kill-at.mjs`. */
export async function superviseHub(
  dir: string,
  faultsDir: string,
  settings: Record<string, string>,
): Promise<SupervisedHub> {
  if (!existsSync(HUB_BUNDLE)) throw new Error(`There is no built hub at ${HUB_BUNDLE}: run npm run build.`);
  const port = await freePort();
  const dataDir = join(dir, 'hub');
  const apiKey = 'the-key-of-the-proof-by-faults-0123456789';
  const ownEnds: string[] = [];
  let output = '';
  let child: ChildProcess;
  let isDisposed = false;
  const start = () => {
    child = spawnHub({
      FAULTS_DIR: faultsDir,
      HOMELABCMD_PORT: String(port),
      HOMELABCMD_DATA_DIR: dataDir,
      HOMELABCMD_API_KEY: apiKey,
      ...settings,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-KEPT_OUTPUT);
      });
    child.once('exit', (code, signal) => {
      if (isDisposed) return;
      if (signal !== 'SIGKILL') ownEnds.push(`the hub ended by itself (${signal ?? `exit code ${code}`})`);
      start();
    });
  };
  const kill = () => child.exitCode === null && child.signalCode === null && child.kill('SIGKILL');
  start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    apiKey,
    dataDir,
    kill,
    ownEnds,
    output: () => output,
    ready: () => untilListening(port, () => output),
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      const ended = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function spawnHub(env: Record<string, string>): ChildProcess {
  // The kernel ends the hub when this process is killed and can end it no more. A Ctrl-C is not meant for it.
  return spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, HUB_BUNDLE, 'serve'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: `--import=${KILL_AT}`,
      FAULTS_SIDE: 'hub',
      HOMELABCMD_LOCAL_AGENT: 'off',
      ...env,
    },
  });
}

async function untilListening(port: number, output: () => string): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (!(await isListening(port))) {
    if (performance.now() > giveUpAt)
      throw new Error(`the hub does not come up again:\n${output().slice(-4000)}`);
    await pause(LOOK_EVERY_MS);
  }
}
