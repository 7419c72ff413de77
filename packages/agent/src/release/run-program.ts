import { spawn } from 'node:child_process';

/** Nothing of the caller's own environment reaches what root runs here. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', BUN_JSC_useJIT: '0' };

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * What a program writes to its standard output, up to so many bytes; what it says on standard error is shown.
 * @throws when it fails, or writes more
 */
export async function outputOf(program: Program, mostBytes: number): Promise<Buffer> {
  const child = spawn(program.path, program.args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...ENVIRONMENT, ...program.env },
    cwd: '/',
  });
  const parts: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > mostBytes) child.kill('SIGKILL');
    else parts.push(part);
  });
  const code = await endOf(child);
  if (bytes > mostBytes) throw new Error(`more came than ${mostBytes} bytes`);
  if (code !== 0) throw new Error(`${program.path} ended with ${code}`);
  return Buffer.concat(parts);
}

/** Runs a program at this terminal. @returns its exit code */
export function runHere(program: Program): Promise<number> {
  const env = { ...ENVIRONMENT, ...program.env };
  return endOf(spawn(program.path, program.args, { stdio: 'inherit', env, cwd: '/' }));
}

function endOf(child: ReturnType<typeof spawn>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? 1));
  return promise;
}
