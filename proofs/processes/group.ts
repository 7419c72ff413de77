import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const GRACE_MS = 5000;
const LOOK_EVERY_MS = 20;

/**
 * A program with all that it starts, in a process group of its own: a Ctrl-C that is meant for us does not reach it, and it
 * ends as a whole, at the latest when this process ends, in whatever way.
 */
export interface ProcessGroup extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** Asks all of it to end, and ends after `graceMs` what has not. Not for what has a process group of its own again. */
  end(graceMs?: number): Promise<void>;
}

export interface ProcessSettings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** @throws when the program cannot be started */
export function startGroup(
  program: string,
  args: readonly string[],
  settings: ProcessSettings = {},
): ProcessGroup {
  const child = spawn(program, args, { ...settings, detached: true, stdio: 'pipe' });
  const { pid } = child;
  if (pid === undefined) {
    // Node tells why only later, when nobody waits for it any more.
    child.once('error', () => undefined);
    throw new Error(`${program} cannot be started here.`);
  }
  const ended = once(child, 'exit');
  const dismissGuard = startGuard(pid);
  const endAll = async (graceMs: number) => {
    signal(pid, 'SIGTERM');
    const giveUpAt = performance.now() + graceMs;
    while (isThere(pid) && performance.now() < giveUpAt) await pause(LOOK_EVERY_MS);
    signal(pid, 'SIGKILL');
    await ended;
    dismissGuard();
  };
  let ending: Promise<void> | undefined;
  const end = (graceMs = GRACE_MS) => (ending ??= endAll(graceMs));
  return { child, end, [Symbol.asyncDispose]: () => end() };
}

/**
 * Starts what ends the group when its stdin ends before it has read a line: a process that is killed can end nobody.
 * @returns what tells it that there is nothing left to end
 */
function startGuard(group: number): () => void {
  const script = 'read -r _ || kill -s KILL -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  const { stdin } = guard;
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  // A guard that is gone has nothing to be told.
  stdin.on('error', () => undefined);
  return () => stdin.end('\n');
}

const isThere = (group: number): boolean => signal(group, 0);

/** @returns whether there was anybody to get it */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
