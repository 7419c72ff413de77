import type { Order } from '@homelabcmd/protocol';
import { type Arsenal, order, orderFrame, say, type Saying, type Ways } from './way.ts';

/** One of before with a seal that is new: the hub has the key, so the agent has to know the order itself. */
const again = (
  which: 'said' | 'ran',
  change: (old: Order, arsenal: Arsenal) => Partial<Order> = () => ({}),
): Saying =>
  say((arsenal) => {
    const { [which]: orders, chance } = arsenal;
    const old = orders[chance.below(orders.length)];
    return [orderFrame(old === undefined ? order(arsenal) : { ...old, ...change(old, arsenal) })];
  });

/** Orders of before: of this connection, of earlier ones, of before the agent or the server was started anew. */
export const REPLAY_WAYS: Ways = {
  'an order of before': again('said'),
  'an order that ran': again('ran'),
  'an order that ran, for another unit': again('ran', () => ({ target: 'systemd:db.service' })),
  'an order that ran, for another allowed unit': again('ran', ({ target }) => ({
    target: target === 'systemd:media.service' ? 'systemd:web.service' : 'systemd:media.service',
  })),
  'an order that ran, with another verb': again('ran', () => ({ verb: 'reset-and-restart' })),
  'an order that ran, with another number': again('ran', (_old, { chance }) => ({
    action_id: 1 + chance.below(1e6),
  })),
  'an order that ran, with a longer time': again('ran', () => ({ ttl_ms: 1e9, settle_ms: 1 })),
  'an order that ran, under another id': again('ran', (_old, { nextId }) => ({ order_id: nextId() })),
  'an order twice at once': say((arsenal) => {
    const made = orderFrame(order(arsenal));
    return [made, made];
  }),
  'an id for two units at once': say((arsenal) => {
    const made = order(arsenal, { target: 'systemd:media.service' });
    return [orderFrame(made), orderFrame({ ...made, target: 'systemd:db.service' })];
  }),
  'acknowledged, and again': say((arsenal) => {
    const old = arsenal.ran[arsenal.chance.below(arsenal.ran.length)] ?? order(arsenal);
    return [{ v: 2, type: 'result_ack', order_id: old.order_id }, orderFrame(old)];
  }),
};
