import type { Delivery } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { GIVES_UP_AFTER_MS } from './outbox/backoff.ts';
import { readDelivery } from './view.ts';

/**
 * Lets what had failed be tried once more: the whole message, by its id.
 * @throws Refusal `not_found`, `delivery_moved_on`
 */
export function retryDelivery(log: EventLog, deliveryId: string): Promise<Delivery> {
  return log.transaction(async ({ tx, now }) => {
    const known = await readDelivery(tx, deliveryId);
    if (known.state !== 'failed')
      throw new Refusal('delivery_moved_on', 'Only what has failed can be tried once more.');
    await tx
      .updateTable('deliveries')
      .set({
        ...{ state: 'waiting', tries: 0, due_at: now, finished_at: null },
        give_up_at: timestamp(Date.parse(now) + GIVES_UP_AFTER_MS),
      })
      .where('channel_id', '=', known.channel_id)
      .where('message_id', '=', known.message_id)
      .where('state', '=', 'failed')
      .execute();
    return readDelivery(tx, deliveryId);
  });
}
