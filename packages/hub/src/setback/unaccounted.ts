import type { OrderResult } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Selectable } from 'kysely';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

const ASKED_AT_ONCE = 1000;

/** Orders that this server's agent is to be asked about, though no action here waits for them. */
export async function ordersToAsk(db: Store, serverId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('unaccounted_orders')
    .select('order_id')
    .where('server_id', '=', serverId)
    .where('settled_at', 'is', null)
    .limit(ASKED_AT_ONCE)
    .execute();
  return rows.map(({ order_id }) => order_id);
}

/** An agent says how an order ended. If it is one that this store does not know, the audit keeps what it says. */
export async function settleUnaccounted(
  log: EventLog,
  db: Store,
  serverId: string,
  orderId: string,
  result: OrderResult,
): Promise<void> {
  if ((await select(db, serverId, orderId)) === undefined) return;
  await log.transaction(async (open) => {
    const row = await select(open.tx, serverId, orderId);
    if (row === undefined) return;
    await open.tx
      .updateTable('unaccounted_orders')
      .set({ settled_at: open.now })
      .where('server_id', '=', serverId)
      .where('order_id', '=', orderId)
      .execute();
    const what = row.target === null ? '' : ` (${row.target})`;
    await open.audit({
      verb: 'order.unaccounted',
      actor: `agent:${serverId}`,
      serverId,
      detail: {
        order_id: orderId,
        target: row.target,
        outcome: result.outcome,
        code: result.code,
        held_at: row.held_at,
        note: `The agent on ${serverId} says that the order ${orderId}${what} is ${result.outcome}, of which this store does not know`,
      },
    });
  });
}

type Unaccounted = Pick<Selectable<Schema['unaccounted_orders']>, 'target' | 'held_at'>;

const unsettled = statement<{ serverId: string; orderId: string }, Unaccounted>((db, { serverId, orderId }) =>
  db
    .selectFrom('unaccounted_orders')
    .select(['target', 'held_at'])
    .where('server_id', '=', serverId)
    .where('order_id', '=', orderId)
    .where('settled_at', 'is', null),
);

const select = async (db: Store, serverId: string, orderId: string): Promise<Unaccounted | undefined> =>
  (await unsettled(db, { serverId, orderId })).rows[0];
