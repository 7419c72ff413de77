import { createServer } from 'node:http';
import { AgentLink, createLogger } from '@homelabcmd/hub/rules';
import { FRAME_VERSION, type HubFrame, type OrderResult } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';

/** Whatever the hub's key can sign: an order, or what only looks like one. */
type AnyOrder = object & { readonly order_id: string };

/** A hub in the hands of somebody else: its own door and its own key, and nothing between them and an agent. */
export interface TakenHub extends AsyncDisposable {
  /** Resolves when the agent is in, and takes orders. */
  readonly agentIsIn: Promise<void>;
  /** Sends an order, asks what became of it, and waits for the answer. */
  order(order: AnyOrder): Promise<OrderResult>;
}

const nothing = async () => undefined;

/** Stands where the hub stood: at its port, with its key. The agent with `agentKey` finds it there. */
export async function takeHub(port: number, key: KeyPair, agentKey: string): Promise<TakenHub> {
  await using stack = new AsyncDisposableStack();
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  stack.defer(() => new Promise<void>((resolve) => http.close(() => resolve())));
  const waiting = new Map<string, (result: OrderResult) => void>();
  const isIn = Promise.withResolvers<void>();
  const link = stack.use(
    new AgentLink({
      logger: createLogger('silent'),
      ...{ key, succession: [], newKey: async () => false, basePath: '', beatMs: 1000, helloWithinMs: 5000 },
      admit: async ({ publicKey }) =>
        publicKey === agentKey ? { serverId: SERVER, isNewAgent: false } : null,
      welcomed: async () => [],
      ready: async (_serverId, clear) => {
        clear();
        isIn.resolve();
      },
      ...{ cloned: nothing, heard: () => undefined, lost: nothing },
      handlers: {
        ...{
          facts: nothing,
          metrics: nothing,
          spooled: nothing,
          services: nothing,
          order_progress: nothing,
          heads: nothing,
        },
        order_result: async (_serverId, { order_id, result }) => {
          waiting.get(order_id)?.(result);
          link.send(SERVER, { v: FRAME_VERSION, type: 'result_ack', order_id });
        },
      },
    }),
  );
  link.attach(http);
  const opened = stack.move();
  return {
    agentIsIn: isIn.promise,
    order(order) {
      const { promise, resolve } = Promise.withResolvers<OrderResult>();
      waiting.set(order.order_id, resolve);
      link.send(SERVER, { v: FRAME_VERSION, type: 'order', order } as HubFrame);
      // What cannot even be read as an order is not answered: by this question it is made impossible, and told of.
      link.send(SERVER, { v: FRAME_VERSION, type: 'query', order_ids: [order.order_id] });
      return promise.finally(() => waiting.delete(order.order_id));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The server that is attacked. */
export const SERVER = 'nas';
