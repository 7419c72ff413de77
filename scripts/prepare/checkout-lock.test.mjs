import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { withCheckoutLock } from './checkout-lock.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelabcmd-lock-'));
  return () => rmSync(folder, { recursive: true });
});

/** Another process that takes the lock, writes `held` and works until it is killed. */
async function holder() {
  const module = JSON.stringify(new URL('./checkout-lock.mjs', import.meta.url).href);
  const program = `
    const { withCheckoutLock } = await import(${module});
    await withCheckoutLock(process.argv[1], () => { console.log('held'); return new Promise((r) => setTimeout(r, 60_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, join(folder, 'lock')]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('the lock goes when the work is done, or has failed', async () => {
  const path = join(folder, 'lock');
  expect(await withCheckoutLock(path, async () => existsSync(path))).toBe(true);
  await expect(withCheckoutLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

test('who comes second waits, says for whom, and goes on when that one is killed', async () => {
  const first = await holder();
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  let isIn = false;
  const second = withCheckoutLock(join(folder, 'lock'), async () => (isIn = true));
  await vi.waitFor(() => expect(log).toHaveBeenCalled());
  expect(log.mock.calls).toEqual([[expect.stringContaining(`Process ${first.pid} is`)]]);
  expect(isIn).toBe(false);
  first.kill('SIGKILL');
  await second;
  expect(isIn).toBe(true);
});

test('a process id that was given again does not count', async () => {
  writeFileSync(join(folder, 'lock'), `${process.pid} 1`);
  const content = await withCheckoutLock(join(folder, 'lock'), async () =>
    readFileSync(join(folder, 'lock'), 'utf8'),
  );
  expect(content).not.toBe(`${process.pid} 1`);
});
