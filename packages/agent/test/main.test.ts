import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StubHub } from './stub-hub.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
let stateDir: string;
let hub: StubHub;
let child: ChildProcess | undefined;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'agent-main-'));
  hub = await StubHub.open([]);
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await hub[Symbol.asyncDispose]();
  rmSync(stateDir, { recursive: true });
});

function start(env: Record<string, string> = {}) {
  const output = { stdout: '', stderr: '' };
  child = spawn(process.execPath, [MAIN], {
    stdio: 'pipe',
    env: {
      HOMELABCMD_HUB_URL: hub.url,
      HOMELABCMD_ENROLMENT_TOKEN: hub.token,
      HOMELABCMD_STATE_DIR: stateDir,
      HOMELABCMD_DBUS_ADDRESS: `unix:path=${stateDir}/no-bus`,
      ...env,
    },
  });
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  return { child, output };
}

const linked = () =>
  vi.waitFor(() => expect(hub.frames.some(({ frame }) => frame.type === 'metrics')).toBe(true), {
    timeout: 10_000,
  });

test('a setting that cannot be: one sentence and an exit code that says so', async () => {
  const { child: agent, output } = start({ HOMELABCMD_MONITOR_ONLY: 'perhaps' });
  expect(await once(agent, 'close')).toEqual([78, null]);
  expect(output.stderr).toBe('HOMELABCMD_MONITOR_ONLY must be on or off, not "perhaps".\n');
});

test('SIGTERM ends it in good order, with a log of JSON lines that holds no secret', async () => {
  const { child: agent, output } = start();
  await linked();
  agent.kill('SIGTERM');
  expect(await once(agent, 'close')).toEqual([0, null]);
  const lines = output.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'the agent stops', why: 'SIGTERM' });
  expect(output.stdout).not.toMatch(/hlc[ea]_/);
});

test('where that is asked for, it ends with its parent', async () => {
  const { child: agent } = start({ HOMELABCMD_EXIT_WITH_PARENT: 'on' });
  await linked();
  agent.stdin?.end();
  expect(await once(agent, 'close')).toEqual([0, null]);
});

test('otherwise the end of its input is nothing to it', async () => {
  const { child: agent } = start();
  agent.stdin?.end();
  await linked();
  expect(agent.exitCode).toBeNull();
});
