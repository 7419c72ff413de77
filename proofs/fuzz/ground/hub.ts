import { createInterface } from 'node:readline';
import { startHub } from '@homelabcmd/hub';
import { readConfig } from '@homelabcmd/hub/config';
import { createLogger } from '@homelabcmd/hub/rules';
import { heapNow } from './heap.ts';

/** What is asked of this process, one a line; each is answered by one line. */
export type Question = { readonly ask: 'heap' } | { readonly ask: 'token'; readonly serverId: string };

/** A hub as people run it, in a process of its own that can also be asked how much memory it holds. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const hub = await startHub(config, createLogger(config.logLevel));
  say({ url: hub.localUrl });
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question;
    say(question.ask === 'heap' ? await heapNow() : { token: await hub.enrol(question.serverId) });
  }
  await hub[Symbol.asyncDispose]();
}

/** The log of the hub goes the same way: its lines have a level. */
const say = (answer: object) => console.log(JSON.stringify({ answer }));

await main();
