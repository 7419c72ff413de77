import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

export type Row = Record<string, unknown>;

/** What the other thread is asked, and where it answers. */
export interface Question {
  readonly url: string;
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

export type Reply = { readonly rows: Row[] } | { readonly error: string };

const ANSWER_WITHIN_MS = 30_000;

let worker: Worker | undefined;

/**
 * Asks a database and waits for the answer without letting anything else of this thread run, as a question to SQLite
 * does: what a test sees in the midst of an event is what was committed at that moment.
 */
export function ask(url: string, sql: string, values: readonly (string | number | null)[] = []): Row[] {
  worker ??= startWorker();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const question: Question = { url, sql, values };
  worker.postMessage({ question, bell, port: port2 }, [port2]);
  const heard = Atomics.wait(bell, 0, 0, ANSWER_WITHIN_MS);
  const reply = receiveMessageOnPort(port1)?.message as Reply | undefined;
  port1.close();
  if (reply === undefined) throw new Error(`The database did not answer (${heard}): ${sql}`);
  if ('error' in reply) throw new Error(reply.error);
  return reply.rows;
}

function startWorker(): Worker {
  const started = new Worker(new URL('./answer.ts', import.meta.url));
  started.unref();
  return started;
}
