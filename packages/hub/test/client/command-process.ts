import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect } from 'vitest';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** A process of Node.js takes seconds to start where the machine is full. */
const PATIENT = { timeout: 40_000 };

/** `homelabcmd` as a process of its own, with nothing in the environment but what is given. */
export class CommandProcess implements AsyncDisposable {
  out = '';
  err = '';
  readonly #child: ChildProcess;

  constructor(words: readonly string[], environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [MAIN, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { HOME: '/nowhere', ...environment },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
  }

  get lines(): string[] {
    return this.out.split('\n').slice(0, -1);
  }

  /** As soon as it has printed so many lines. */
  async printed(count: number): Promise<string[]> {
    await expect.poll(() => this.lines.length, PATIENT).toBeGreaterThanOrEqual(count);
    return this.lines;
  }

  /** Nobody reads any more what it prints. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits until it has ended and all is read; answers its exit code, or the signal that ended it. */
  async ended(): Promise<number | string | null> {
    const how = () => this.#child.exitCode ?? this.#child.signalCode;
    await expect.poll(how, PATIENT).not.toBeNull();
    await expect.poll(() => this.#child.stderr?.readableEnded, PATIENT).toBe(true);
    return how();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await expect.poll(() => this.#child.exitCode ?? this.#child.signalCode).not.toBeNull();
  }
}

/** Runs it to its end. */
export async function ran(words: readonly string[], environment: Record<string, string> = {}) {
  await using command = new CommandProcess(words, environment);
  const code = await command.ended();
  return { code, out: command.out, err: command.err };
}
