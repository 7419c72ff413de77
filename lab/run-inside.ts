import { spawn } from 'node:child_process';

export interface ExecOptions {
  /** Written to its stdin, which then ends. */
  input?: string;
  /** After that it is killed, and the call fails. 30 s when left out. */
  timeoutMs?: number;
}

export interface ExecResult {
  /** Exit code; 128 + number when a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};
const DEFAULT_TIMEOUT_MS = 30_000;

/** Runs a program in the namespaces of the server whose PID 1 is `pid` here. Costs a few milliseconds: no shell starts. */
export function runInside(
  pid: number,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { input = '', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    // Its own process group: nsenter forks to enter the PID namespace, and both must end on a timeout.
    const child = spawn(
      'nsenter',
      [`--target=${pid}`, '-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w', '--', ...argv],
      { env: ENVIRONMENT, detached: true, stdio: 'pipe' },
    );
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program may end without reading its input: its exit code says what came of that.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (timedOut) {
        reject(new Error(`${argv.join(' ')} did not end within ${timeoutMs} ms`));
        return;
      }
      resolve({
        code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15),
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}
