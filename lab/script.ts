import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('boot-server.sh', import.meta.url));

/**
 * Runs `boot-server.sh`. In a session of its own: a Ctrl-C meant for this process must not end it half-way,
 * because what it began is then known to nobody.
 */
export async function runScript(args: readonly string[]): Promise<void> {
  const child = spawn('bash', [SCRIPT, ...args], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(complaint.trim() || `boot-server.sh ${args[0]} ended with ${code}`);
}

/** Starts the process that closes the run when its stdin ends, however this process ends. */
export function startGuard(runDir: string): ChildProcess {
  const guard = spawn('bash', [SCRIPT, 'guard', runDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  if (guard.stdin !== null && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function')
    guard.stdin.unref();
  return guard;
}

/** What `boot-server.sh check` says of this machine: a sentence, or `null` when it can run a lab. */
export function checkMachine(): string | null {
  const check = spawnSync('bash', [SCRIPT, 'check'], { encoding: 'utf8' });
  if (check.error !== undefined) return 'A lab needs bash.';
  return check.status === 0 ? null : check.stdout.trim();
}
