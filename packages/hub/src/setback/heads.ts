import type { HeldHead } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import { genesisHash } from '../store/audit-hash.ts';
import type { Store } from '../store/schema.ts';

/** Those heads that are not of this store's chain. */
export async function headsNotOurs(db: Store, heads: readonly HeldHead[]): Promise<HeldHead[]> {
  if (heads.length === 0) return [];
  const rows = await db
    .selectFrom('audit_entries')
    .select(['id', 'hash'])
    .where('id', 'in', [...new Set(heads.map(({ entry }) => entry))])
    .execute();
  const { chain_id } = await db.selectFrom('audit_chain').select('chain_id').executeTakeFirstOrThrow();
  const own = new Map(rows.map(({ id, hash }) => [Number(id), hash]));
  own.set(0, genesisHash(chain_id));
  return heads.filter(({ entry, hash }) => own.get(entry) !== hash);
}

/** Those of these heads that this server's agent has not been known to hold. */
export async function newsOf(db: Store, serverId: string, heads: readonly HeldHead[]): Promise<HeldHead[]> {
  if (heads.length === 0) return [];
  const known = await db
    .selectFrom('unaccounted_orders')
    .select('order_id')
    .where('server_id', '=', serverId)
    .execute();
  const ids = new Set(known.map(({ order_id }) => order_id));
  return heads.filter(({ order_id }) => !ids.has(order_id));
}

/**
 * Keeps the orders of heads that are not ours. Those that this store does not know, or of which it says that they never
 * ran, are to be asked about; with `isAsked` false, none is.
 */
export async function keepUnaccounted(
  open: LogTransaction,
  serverId: string,
  heads: readonly HeldHead[],
  isAsked: boolean,
): Promise<void> {
  for (const { order_id, entry, at, target } of heads) {
    const action = await open.tx
      .selectFrom('actions')
      .select('status')
      .where('order_id', '=', order_id)
      .executeTakeFirst();
    // What is open is asked about in any case, and its outcome is then the action's.
    const isSettled = !isAsked || (action !== undefined && action.status !== 'expired');
    await open.tx
      .insertInto('unaccounted_orders')
      .values({
        server_id: serverId,
        order_id,
        entry,
        held_at: at,
        target: target ?? null,
        settled_at: isSettled ? open.now : null,
      })
      .execute();
  }
}
