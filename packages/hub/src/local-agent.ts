import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from './lib/log.ts';

export interface LocalAgentOptions {
  readonly hubUrl: string;
  /** By this the agent knows the hub. */
  readonly hubKey: string;
  /** PEM of the one authority that the hub's certificate is from, where it is asked by TLS and has one. */
  readonly authority: string | null;
  /** The built agent. */
  readonly agentBundle: string;
  readonly stateDir: string;
  readonly logger: Logger;
  /** A one-time token for this machine's server. */
  makeToken(): Promise<string>;
}

const AGAIN_AFTER_MS = 5000;
/** As in the unit that servers get: small heaps, and no second compiler, for an agent that does little. */
const NODE_FLAGS = ['--max-old-space-size=96', '--max-semi-space-size=1', '--no-opt', '--no-maglev'];

/** Whether the agent was enrolled with this hub; it is enrolled anew when the hub has lost its key. */
function knowsHub({ stateDir, hubKey, authority }: LocalAgentOptions): boolean {
  const [pin, kept] = ['hub-key', 'hub-authority.pem'].map((name) => join(stateDir, name)) as [
    string,
    string,
  ];
  if (!existsSync(pin) || !readFileSync(pin, 'utf8').startsWith(hubKey)) return false;
  return authority === null || (existsSync(kept) && readFileSync(kept, 'utf8') === authority);
}

/**
 * Runs an agent for the hub's own machine, as a child that ends with the hub, however the hub ends. It only watches:
 * there is no setting by which it could restart anything.
 */
export async function startLocalAgent(options: LocalAgentOptions): Promise<AsyncDisposable> {
  if (!existsSync(options.agentBundle)) throw new Error('The agent has not been built. Run npm run build.');
  let isStopping = false;
  let again: NodeJS.Timeout | undefined;
  const token = knowsHub(options) ? null : await options.makeToken();

  const launch = () => {
    const child = spawn(process.execPath, [...NODE_FLAGS, options.agentBundle], {
      // The agent ends when this pipe does, also when the hub is killed.
      stdio: ['pipe', 'inherit', 'inherit'],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        MALLOC_ARENA_MAX: '1',
        HOMELABCMD_HUB_URL: options.hubUrl,
        HOMELABCMD_STATE_DIR: options.stateDir,
        HOMELABCMD_MONITOR_ONLY: 'on',
        HOMELABCMD_EXIT_WITH_PARENT: 'on',
        HOMELABCMD_LOG_LEVEL: 'warn',
        ...(token === null ? {} : { HOMELABCMD_ENROLMENT_TOKEN: token }),
      },
    });
    child.on('error', (error) => options.logger.error({ err: error }, 'the local agent could not start'));
    child.on('exit', (code, signal) => {
      if (isStopping) return;
      options.logger.warn({ code, signal }, 'the local agent ended; it is started again');
      again = setTimeout(() => {
        current = launch();
      }, AGAIN_AFTER_MS);
    });
    return child;
  };
  let current = launch();
  return {
    async [Symbol.asyncDispose]() {
      isStopping = true;
      clearTimeout(again);
      if (current.exitCode !== null || current.signalCode !== null) return;
      const ended = new Promise((done) => current.once('exit', done));
      current.kill('SIGTERM');
      await ended;
    },
  };
}
