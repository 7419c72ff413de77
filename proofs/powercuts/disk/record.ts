import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { startGroup } from '../../processes/group.ts';
import { TRACED } from './syscalls.ts';

/** Longer than any piece that a hub or an agent writes at once. */
const LONGEST_TEXT = 4 * 2 ** 20;

/** A process whose every step is written down by the kernel's own account of it. */
export interface Recorded extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** Sends a signal to the process itself, and not to the one that watches it. */
  kill(signal: NodeJS.Signals): void;
  /** Waits until it and all that it started have ended; answers the trace. */
  trace(): Promise<string>;
}

/** Why nothing can be recorded here, as a sentence, or `null`. */
export function recordingProblem(): string | null {
  const { status } = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=fsync', 'true']);
  return status === 0 ? null : 'strace is not here or may not watch a process (apt install strace)';
}

/** Starts a program under strace, which writes down all that it and its children ask of the kernel. */
export function startRecorded(
  command: readonly string[],
  { traceFile, env, cwd }: { traceFile: string; env: Readonly<Record<string, string>>; cwd?: string },
): Recorded {
  const options = ['-f', '-y', '-xx', '-s', String(LONGEST_TEXT), '--seccomp-bpf', '-o', traceFile];
  const group = startGroup(
    'strace',
    [...options, '-e', `trace=${TRACED.join(',')}`, '-e', 'signal=none', ...command],
    {
      // libuv can hand files to the kernel by a ring that no tracer sees.
      env: { PATH: process.env['PATH'] ?? '', UV_USE_IO_URING: '0', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    },
  );
  const { child } = group;
  const ended = once(child, 'close');
  const kill = (signal: NodeJS.Signals) => {
    const watched = watchedBy(child.pid);
    if (watched !== null) process.kill(watched, signal);
  };
  return {
    child,
    kill,
    async trace() {
      await ended;
      return readFileSync(traceFile, 'latin1');
    },
    [Symbol.asyncDispose]: () => group.end(),
  };
}

function watchedBy(pid: number | undefined): number | null {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return first ? Number(first) : null;
}
