import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('../../dist/agent/.program', import.meta.url));

export interface LoneAgent extends AsyncDisposable {
  /** What it said so far. */
  output(): string;
}

/** The agent as servers get it, a single file, as a child of this process, watching this machine: for tests that are about the way to the hub. */
export async function startLoneAgent(settings: Record<string, string>): Promise<LoneAgent> {
  const stateDir = await mkdtemp(join(tmpdir(), 'homelabcmd-agent-'));
  let output = '';
  const child = spawn(AGENT, ['run'], {
    // It ends when this pipe does, also when this process is killed.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOMELABCMD_STATE_DIR: stateDir,
      BUN_JSC_useJIT: '0',
      HOMELABCMD_MONITOR_ONLY: 'on',
      HOMELABCMD_EXIT_WITH_PARENT: 'on',
      ...settings,
    },
  });
  const ended = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
