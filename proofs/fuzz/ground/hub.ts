import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { startHub } from '@homelabcmd/hub';
import { readConfig } from '@homelabcmd/hub/config';
import { createLogger } from '@homelabcmd/hub/rules';

/** What is asked of this process, one a line; each is answered by one line. */
export type Question = { readonly ask: 'heap' } | { readonly ask: 'token'; readonly serverId: string };

/** After the garbage was taken away: what is in use, by V8 and by what it holds outside of its heap. */
export interface Heap {
  readonly usedBytes: number;
  readonly residentBytes: number;
}

/** A hub as people run it, in a process of its own that can also be asked how much memory it holds. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const hub = await startHub(config, createLogger(config.logLevel));
  say({ url: hub.localUrl });
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question;
    say(question.ask === 'heap' ? await heap() : { token: await hub.enrol(question.serverId) });
  }
  await hub[Symbol.asyncDispose]();
}

/** The log of the hub goes the same way: its lines have a level. */
const say = (answer: object) => console.log(JSON.stringify({ answer }));

async function heap(): Promise<Heap> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('this process was started without --expose-gc');
  // What is let go by a finalizer goes with the second one.
  for (let time = 0; time < 3; time += 1) {
    gc();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { usedBytes: heapUsed + external, residentBytes: rss };
}

await main();
