import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Action, Problem } from '@homelabcmd/protocol';
import { describe, expect, test } from 'vitest';
import { TestAgent } from './agent-fixture.ts';
import { API_KEY, disposableFolder } from './hub-fixture.ts';
import { call } from './hub-process.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');
const SLOW = { timeout: 90_000 };
const problem = process.getuid?.() === 0 ? null : 'only root can mount a disk';

/** Mounts a disk of its own for the hub, which nobody else sees and which is gone with it. */
const ON_ITS_OWN_DISK = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" "$4" serve';

/** A hub whose data folder is a small disk. */
function hubOnDisk(dataDir: string, options: string) {
  const words = ['--mount', 'sh', '-c', ON_ITS_OWN_DISK, 'sh', options, dataDir, process.execPath, MAIN];
  const child = spawn('unshare', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOMELABCMD_PORT: '0', HOMELABCMD_LOCAL_AGENT: 'off' },
      ...{ HOMELABCMD_API_KEY: API_KEY, HOMELABCMD_DATA_DIR: dataDir },
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const look = () => /Look {6}(\S+)/.exec(output)?.[1];
  return {
    child,
    /** The disk as the hub sees it. */
    disk: () => `/proc/${child.pid}/root${dataDir}`,
    output: () => output,
    async url() {
      await expect.poll(look, { timeout: 60_000 }).toEqual(expect.stringMatching(/^http:/));
      return look() ?? '';
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Writes until the disk takes no more. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const block of [65_536, 4096]) {
      const bytes = Buffer.alloc(block);
      try {
        for (;;) writeSync(descriptor, bytes);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

describe.skipIf(problem !== null)(`a disk that takes nothing${problem ? `: ${problem}` : ''}`, () => {
  test('full: it is said, nothing goes out, and all goes on when there is room again', SLOW, async () => {
    using folder = disposableFolder();
    await using hub = hubOnDisk(folder.path, 'size=8m');
    const url = await hub.url();
    await call(url, 'POST', '/servers', { server_id: 'nas' });
    const { token } = await call<{ token: string }>(url, 'POST', '/servers/nas/enrolment');
    await using agent = await new TestAgent(url).opened();
    agent.hello(token);
    await agent.frame('welcome');
    // Its check-in is written: on a full disk it could not be, and the link would end with it.
    await agent.silent();
    const pending = await call<Action>(url, 'POST', '/servers/nas/services/plex/restart');

    const filler = join(hub.disk(), 'filler');
    fill(filler);
    const refused = await call<Problem>(url, 'POST', `/actions/${pending.action_id}/approve`);
    expect(refused).toMatchObject({ status: 503, code: 'unavailable' });
    expect(refused.detail).toBe(
      'The hub could not write to its disk, so nothing was changed. Look whether it is full.',
    );
    expect(await call(url, 'GET', `/actions/${pending.action_id}`)).toEqual(pending);
    expect(agent.framesOf('order')).toEqual([]);

    rmSync(filler);
    const approved = await call<Action>(url, 'POST', `/actions/${pending.action_id}/approve`);
    expect(approved.status).toBe('approved');
    expect((await agent.frame('order')).order.order_id).toBe(pending.order_id);
    expect(hub.child.exitCode).toBeNull();
  });

  test('read-only: the hub does not start, and says why in a sentence', SLOW, async () => {
    using folder = disposableFolder();
    await using hub = hubOnDisk(folder.path, 'size=8m,ro');
    await expect.poll(() => hub.child.exitCode, { timeout: 60_000 }).toBe(1);
    expect(hub.output().trim()).toBe(
      `The hub cannot start: this user may not write to the data folder ${folder.path}. Choose another with HOMELABCMD_DATA_DIR.`,
    );
  });
});
