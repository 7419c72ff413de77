import type { LogTransaction } from '../events/log.ts';
import { selectActions } from './rows.ts';
import { transition } from './transition.ts';

const UNKNOWN_DETAIL =
  'The hub’s store was set back to an older one: what became of it since is asked of the agent';
const EXPIRED_DETAIL =
  'The hub’s store was set back to an older one, and this was asked for before: ask again if it is still needed';

/**
 * The store is older than it was. What waited for a decision is over, and whatever was approved may have run since, so that
 * the agents are to say. Nothing of it is ever sent.
 */
export async function endOpenActions(open: LogTransaction): Promise<void> {
  const rows = await selectActions(open.tx, Date.parse(open.now))
    .where('status', 'in', ['pending', 'approved', 'dispatched', 'executing'])
    .orderBy('action_id')
    .execute();
  for (const row of rows) {
    const isPending = row.status === 'pending';
    await transition(open, row, isPending ? 'expired' : 'unknown', {
      actor: 'hub',
      detail: isPending ? EXPIRED_DETAIL : UNKNOWN_DETAIL,
    });
  }
}

/** Calls unknown what is out on a server and went to another agent than the one that is there now. */
export async function endOrdersOut(
  open: LogTransaction,
  serverId: string,
  { life, held, why }: { life: number; held: ReadonlySet<string>; why: string },
): Promise<void> {
  const rows = await selectActions(open.tx, Date.parse(open.now))
    .where('server_id', '=', serverId)
    .where('status', 'in', ['dispatched', 'executing'])
    .orderBy('action_id')
    .execute();
  for (const row of rows)
    if (row.sent_life !== life && !held.has(row.order_id))
      await transition(open, row, 'unknown', { actor: 'hub', detail: why });
}
