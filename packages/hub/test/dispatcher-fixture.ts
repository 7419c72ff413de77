import type { HubFrame } from '@homelabcmd/protocol';
import { Dispatcher } from '../src/actions/dispatch.ts';
import type { StoredEvent } from '../src/events/log.ts';
import { FACTS } from './agent-fixture.ts';
import { DEFAULT_TIMING } from './hub-fixture.ts';
import { startTestStore, type TestStore } from './store-fixture.ts';

/** A dispatcher on a store of its own, with the way to the agents written down. */
export async function startDispatcher() {
  const store = await startTestStore();
  for (const serverId of ['nas', 'attic']) {
    await store.addServer(serverId, { facts_json: JSON.stringify(FACTS) });
    await store.db
      .insertInto('agent_journals')
      .values({ server_id: serverId, enrolled_at: store.ago(0), life: 2, setback_id: 0 })
      .execute();
  }
  const connected = new Set(['nas']);
  const sent: { serverId: string; frame: HubFrame }[] = [];
  const heads: unknown[] = [];
  const line = {
    takesOrders: (serverId: string) => connected.has(serverId),
    send: (serverId: string, frame: HubFrame) => sent.push({ serverId, frame }) > 0,
  };
  const dispatcher = new Dispatcher(store.db, store.log, DEFAULT_TIMING, line, (head) => heads.push(head));
  return {
    ...{ store, connected, dispatcher, heads, sent },
    /** What was sent since this was called last: `nas order 1`, `nas query 2 3`. */
    said: () =>
      sent.splice(0).map(({ serverId, frame }) => {
        if (frame.type === 'order') return `${serverId} order ${frame.order.action_id}`;
        if (frame.type !== 'query') return `${serverId} ${frame.type}`;
        return `${serverId} query ${frame.order_ids.map((id) => Number(id.slice(-12))).join(' ')}`;
      }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

export type Started = Awaited<ReturnType<typeof startDispatcher>>;

/** A fact that the dispatcher hears of. */
export const event = (store: TestStore, type: StoredEvent['type'], data: object = {}): StoredEvent => ({
  ...{ id: 1, at: store.ago(0), type, serverId: 'nas', actor: 'kim' },
  dataJson: JSON.stringify(data),
});
