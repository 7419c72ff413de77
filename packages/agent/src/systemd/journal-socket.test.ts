import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalBehindSocket } from './journal-socket.ts';
import { JournalKept } from './port.ts';

const RUN = 'a'.repeat(32);
const LINE = JSON.stringify({
  __REALTIME_TIMESTAMP: '1000',
  MESSAGE: 'disk is full',
  _COMM: 'plex',
  _PID: '7',
});
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-socket-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = () => journalBehindSocket(join(folder, 'journal.sock'))('plex.service', RUN, 50);

async function answering(serve: (question: string, socket: Socket) => void): Promise<AsyncDisposable> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').once('data', (question) => serve(String(question), socket));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'journal.sock'), resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test('one line is asked, and the lines of the answer are lines of the journal', async () => {
  const asked: string[] = [];
  await using _server = await answering((question, socket) => {
    asked.push(question);
    socket.write(`${LINE}\nno `);
    setImmediate(() => socket.end('line\ndone 0\n'));
  });
  expect(await read()).toMatchObject([{ identifier: 'plex', pid: 7, message: 'disk is full' }]);
  expect(asked).toEqual([`plex.service ${RUN} 50\n`]);
});

test('nothing was written, and that is an answer', async () => {
  await using _server = await answering((_, socket) => socket.end('done 0\n'));
  expect(await read()).toEqual([]);
});

test.each(['refused not_watched\n', 'refused not_shared\n'])(
  '%j: this server keeps its lines',
  async (answer) => {
    await using _server = await answering((_, socket) => socket.end(answer));
    await expect(read()).rejects.toBeInstanceOf(JournalKept);
  },
);

test.each([
  ['an answer that is cut short', `${LINE}\n`, 'the journal reader answered'],
  ['no answer', '', 'the journal reader answered'],
  ['another refusal', 'refused bad_question\n', 'the journal reader answered'],
  ['journalctl that fails', `${LINE}\ndone 1\n`, 'journalctl ended with exit code 1'],
])('%s is a fault', async (_, answer, problem) => {
  await using _server = await answering((_question, socket) => socket.end(answer));
  await expect(read()).rejects.toThrow(problem);
});

test('an answer that is too long is not taken', async () => {
  await using _server = await answering((_, socket) => socket.end('x'.repeat(3 * 1024 * 1024)));
  await expect(read()).rejects.toThrow('answered too much');
});

test('where nobody listens, that is the fault', async () => {
  await expect(read()).rejects.toThrow('ENOENT');
});
