import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What was run, and on what: without it no figure says anything. */
export interface RunFacts {
  readonly product: string;
  /** `unknown` outside a checkout; ends in `, with changes` when the checkout had some. */
  readonly commit: string;
  readonly node: string;
  readonly systemd: string;
  readonly kernel: string;
  readonly machine: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export function factsOfRun(): RunFacts {
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { version: string };
  const processors = cpus();
  return {
    product: version,
    commit: commitOf(),
    node: process.version,
    systemd: said('systemctl', ['--version']).split('\n')[0] || 'unknown',
    kernel: `Linux ${release()}`,
    machine: `${processors.length} × ${processors[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}

function commitOf(): string {
  const commit = said('git', ['-C', ROOT, 'rev-parse', 'HEAD']);
  if (commit === '') return 'unknown';
  const isChanged = said('git', ['-C', ROOT, 'status', '--porcelain', '--untracked-files=no']) !== '';
  return `${commit}${isChanged ? ', with changes' : ''}`;
}

/** What a program prints, or nothing when it is not there or fails. */
function said(program: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** Measures how busy this machine's processors were since it was called: what limits a long run. */
export function watchProcessors(): () => number {
  const before = processorTicks();
  return () => {
    const after = processorTicks();
    const whole = after.whole - before.whole;
    return whole === 0 ? 0 : 1 - (after.idle - before.idle) / whole;
  };
}

function processorTicks(): { whole: number; idle: number } {
  let [whole, idle] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    whole += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { whole, idle };
}
