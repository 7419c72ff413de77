import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ExecutorAnswer, ExecutorUnreachable } from './executor.ts';
import { executorBehindSocket, parseAnswer } from './restart-socket.ts';

const ID = '019a0000-0000-7000-8000-000000000001';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const executor = () => executorBehindSocket(join(folder, 'restart.sock'), join(folder, 'orders'));

async function listen(serve: (line: string, socket: Socket) => void): Promise<AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').once('data', (line) => serve(String(line), socket));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'restart.sock'), resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

async function answers(verb: 'restart' | 'fence'): Promise<ExecutorAnswer[]> {
  const all: ExecutorAnswer[] = [];
  using line = executor().open();
  for await (const answer of line.ask(verb, ID, 'plex.service')) all.push(answer);
  return all;
}

test('one line is asked, and the answers come as they are given, however they are cut', async () => {
  const asked: string[] = [];
  await using _server = await listen((line, socket) => {
    asked.push(line);
    socket.write('sta');
    setImmediate(() => {
      socket.write('rted\ndo');
      setImmediate(() => socket.end('ne 17\n'));
    });
  });
  expect(await answers('restart')).toEqual([{ kind: 'started' }, { kind: 'done', exitCode: 17 }]);
  expect(asked).toEqual([`restart ${ID} plex.service\n`]);
});

test('where nobody listens, nothing was sent', async () => {
  await expect(answers('restart')).rejects.toBeInstanceOf(ExecutorUnreachable);
  expect(executor().problem()).toContain('not installed or not running');
});

test('a connection that ends after the question leaves the outcome open', async () => {
  await using _server = await listen((_line, socket) => socket.destroy());
  expect(await answers('restart')).toEqual([]);
});

test.each<[string, ExecutorAnswer]>([
  ['refused not_allowed', { kind: 'refused', code: 'not_allowed' }],
  ['claimed', { kind: 'claimed' }],
  ['started', { kind: 'started' }],
  ['fenced', { kind: 'fenced' }],
  ['done 0', { kind: 'done', exitCode: 0 }],
])('%s', (line, answer) => {
  expect(parseAnswer(line)).toEqual(answer);
});

test.each(['', 'done', 'done x', 'done 0 1', 'done 1000', 'refused', 'claimed 1', 'hello'])(
  '%j is no answer',
  (line) => {
    expect(() => parseAnswer(line)).toThrow('the restart script answered');
  },
);

function claim(files: Record<string, string>): void {
  mkdirSync(join(folder, 'orders', ID), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'orders', ID, name), text);
}

test('the evidence of an order', () => {
  expect(executor().everClaimed()).toBe(false);
  expect(executor().claim(ID)).toBeNull();
  claim({ unit: 'plex.service\n', boot: 'boot-1\n', verb: 'reset-and-restart\n' });
  expect(executor().claim(ID)).toEqual({
    verb: 'reset-and-restart',
    boot: 'boot-1',
    exitCode: null,
    output: '',
  });
  claim({ exit: '1\n', output: 'x'.repeat(100_000) });
  expect(executor().claim(ID)).toMatchObject({ exitCode: 1 });
  expect(executor().claim(ID)?.output).toHaveLength(16 * 1024);
  expect(executor().everClaimed()).toBe(true);
});

test('a claim that is just being made is open', () => {
  claim({});
  expect(executor().claim(ID)).toEqual({ verb: 'restart', boot: '', exitCode: null, output: '' });
});

test('an id that is no order id never becomes a path', () => {
  expect(() => executor().claim('../../etc')).toThrow('UUID');
});

test('the exit code is awaited', async () => {
  claim({ boot: 'boot-1\n', verb: 'restart\n' });
  const waiting = executor().waitForExit(ID, new AbortController().signal);
  writeFileSync(join(folder, 'orders', ID, 'exit.new'), '0\n');
  renameSync(join(folder, 'orders', ID, 'exit.new'), join(folder, 'orders', ID, 'exit'));
  expect((await waiting)?.exitCode).toBe(0);
});

test('waiting can be given up', async () => {
  claim({ boot: 'boot-1\n', verb: 'restart\n' });
  const stop = new AbortController();
  const waiting = executor().waitForExit(ID, stop.signal);
  stop.abort();
  expect((await waiting)?.exitCode).toBeNull();
});
