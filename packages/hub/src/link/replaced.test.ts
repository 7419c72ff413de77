import { createServer } from 'node:http';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TestAgent } from '../../test/agent-fixture.ts';
import { AgentLink, type LinkParts } from './agent-link.ts';

const nothing = async () => undefined;

/** A door of its own, behind which the test decides who is known, and for how long a welcome takes. */
async function openDoor(parts: Pick<LinkParts, 'admit' | 'welcomed'>) {
  const http = createServer();
  const link = new AgentLink({
    ...{ logger: pino({ level: 'silent' }), basePath: '', beatMs: 10_000, helloWithinMs: 5000 },
    ...{
      key: newKeyPair(),
      succession: [],
      newKey: async () => false,
      ...parts,
      ready: nothing,
      cloned: nothing,
      lost: nothing,
      heard: () => {},
    },
    handlers: {
      ...{ facts: nothing, metrics: nothing, spooled: nothing, services: nothing, heads: nothing },
      ...{ order_progress: nothing, order_result: nothing },
    },
  });
  link.attach(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    ...{ link, url: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      await link[Symbol.asyncDispose]();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

test('an agent whose key is replaced while it is being let in stays outside, and its successor is not disturbed', async () => {
  const [old, successor] = [newKeyPair(), newKeyPair()];
  let known = old.publicKey;
  const held = Promise.withResolvers<void>();
  let waiting = 0;
  await using door = await openDoor({
    admit: async ({ publicKey }) => (publicKey === known ? { serverId: 'nas', isNewAgent: false } : null),
    welcomed: async () => {
      waiting += 1;
      if (waiting === 1) await held.promise;
      return [];
    },
  });
  await using late = await new TestAgent(door.url).opened();
  late.hello(old);
  await expect.poll(() => waiting).toBe(1);
  known = successor.publicKey;
  await using agent = await new TestAgent(door.url).opened();
  agent.hello(successor);
  await agent.frame('welcome');
  held.resolve();
  expect((await late.frame('goodbye')).code).toBe('not_enrolled');
  expect(late.framesOf('welcome')).toEqual([]);
  expect(door.link.send('nas', { v: 2, type: 'query', order_ids: [] })).toBe(true);
  await agent.frame('query');
});
