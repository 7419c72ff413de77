import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runToEnd } from './run-to-end.ts';

const never = new AbortController().signal;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'processes-'));
});
afterEach(() => {
  // What a failing test leaves would live on.
  for (const pid of pids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true });
});

/** A program that starts another one, which writes down both their numbers when it listens to what is sent to it. */
function family(of: { heedsSigterm: boolean; childEnds?: boolean }): string[] {
  const heed = of.heedsSigterm ? '' : "process.on('SIGTERM', () => {});";
  const grandchild = `${heed}
    require('node:fs').writeFileSync(${JSON.stringify(join(dir, 'new'))}, process.ppid + ' ' + process.pid);
    require('node:fs').renameSync(${JSON.stringify(join(dir, 'new'))}, ${JSON.stringify(join(dir, 'pids'))});
    setInterval(() => {}, 1000);`;
  const whenStarted = of.childEnds === true ? 'process.exit(3)' : 'setInterval(() => {}, 1000)';
  return [
    '-e',
    `console.log('begun');
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'ignore' });
    const { existsSync } = require('node:fs');
    const look = setInterval(() => {
      if (!existsSync(${JSON.stringify(join(dir, 'pids'))})) return;
      clearInterval(look);
      ${whenStarted};
    }, 20);`,
  ];
}

const pids = (): number[] =>
  existsSync(join(dir, 'pids')) ? readFileSync(join(dir, 'pids'), 'utf8').split(' ').map(Number) : [];

/** One that has ended, and that nobody has asked about yet, is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const alive = () => pids().filter(isAlive);

test.each([
  ['a stop', 'end when they are told to', { by: 'stop', how: 'stopped', heedsSigterm: true }],
  ['a stop', 'do not heed it', { by: 'stop', how: 'stopped', heedsSigterm: false }],
  ['its time', 'end when they are told to', { by: 'limit', how: 'too late', heedsSigterm: true }],
] as const)(
  'after %s a program and what it has started are gone, when they %s',
  async (_after, _they, { by, how, heedsSigterm }) => {
    const end = new AbortController();
    const run = runToEnd(process.execPath, family({ heedsSigterm }), {
      ...{ cwd: dir, stop: never, limit: never, [by]: end.signal, graceMs: 200 },
    });
    await expect.poll(alive).toHaveLength(2);
    end.abort();
    expect(await run).toEqual({ how, said: 'begun\n' });
    await expect.poll(alive).toEqual([]);
  },
);

test('what a program leaves behind when it ends is ended', async () => {
  const { how } = await runToEnd(process.execPath, family({ heedsSigterm: true, childEnds: true }), {
    ...{ cwd: dir, stop: never, limit: never },
  });
  expect(how).toBe('by itself');
  expect(pids()).toHaveLength(2);
  await expect.poll(alive).toEqual([]);
});

/** A program that runs a family in its turn, until it is told to throw. */
function runnerOfFamily(): string {
  const module = new URL('run-to-end.ts', import.meta.url).href;
  const file = join(dir, 'runner.ts');
  writeFileSync(
    file,
    `import { runToEnd } from ${JSON.stringify(module)};
    process.stdin.once('data', () => { throw new Error('on purpose'); });
    await runToEnd(process.execPath, ${JSON.stringify(family({ heedsSigterm: false }))}, {
      stop: new AbortController().signal, limit: new AbortController().signal,
    });`,
  );
  return file;
}

test.each(['throws', 'is killed'] as const)('they are gone when the one who runs them %s', async (what) => {
  const child = spawn(process.execPath, [runnerOfFamily()], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  await expect.poll(alive).toHaveLength(2);
  if (what === 'throws') child.stdin.write('now\n');
  else child.kill('SIGKILL');
  await ended;
  await expect.poll(alive).toEqual([]);
});

test('a group that was started within a group is gone with it', async () => {
  const stop = new AbortController();
  const run = runToEnd(process.execPath, [runnerOfFamily()], { stop: stop.signal, limit: never });
  await expect.poll(alive).toHaveLength(2);
  stop.abort();
  await run;
  await expect.poll(alive).toEqual([]);
});
