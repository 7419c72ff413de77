import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { API_KEY } from './hub-fixture.ts';
import { databaseSetting } from './store-access.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');

/** The hub as a process of its own, as people run it. */
export class HubProcess implements AsyncDisposable {
  output = '';
  readonly #child: ChildProcess;

  constructor(environment: Record<string, string>, options: { uid?: number } = {}) {
    this.#child = spawn(process.execPath, [MAIN, 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        HOMELABCMD_PORT: '0',
        HOMELABCMD_LOCAL_AGENT: 'off',
        HOMELABCMD_API_KEY: API_KEY,
        ...databaseSetting(environment['HOMELABCMD_DATA_DIR'] ?? ''),
        ...environment,
      },
      ...options,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until it says that it runs; answers where. */
  async url(): Promise<string> {
    const look = () => /Look {6}(\S+)/.exec(this.output)?.[1];
    await expect.poll(look, { timeout: 15_000 }).toBeDefined();
    return look() ?? '';
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended; answers its exit code, or the signal that ended it. */
  async ended(timeout = 15_000): Promise<number | string | null> {
    const how = () => this.#child.exitCode ?? this.#child.signalCode;
    await expect.poll(how, { timeout }).not.toBeNull();
    return how();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.ended();
  }
}

/** Calls the API of a hub that runs elsewhere. */
export async function call<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'x-api-key': API_KEY, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}
