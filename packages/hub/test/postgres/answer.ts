/** The other thread of `ask.ts`: it asks the database, and rings when the answer is there. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Client, types } from 'pg';
import type { Question, Reply, Row } from './ask.ts';

const INT8 = 20;
types.setTypeParser(INT8, Number);

interface Asked {
  readonly question: Question;
  readonly bell: Int32Array;
  readonly port: MessagePort;
}

async function answer({ url, sql, values }: Question): Promise<Reply> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Row>(sql, [...values]);
    return { rows };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.end().catch(() => {});
  }
}

parentPort?.on('message', ({ question, bell, port }: Asked) => {
  void answer(question).then((reply) => {
    port.postMessage(reply);
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  });
});
