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
  const rows = await selectActions(open.tx, 0)
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
