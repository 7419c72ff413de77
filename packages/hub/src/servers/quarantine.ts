import type { Server } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import { updateServer } from './change.ts';

/**
 * Nothing is sent to this server from here on: the agent there is not what it was, or there are two of it. The first reason
 * stays until a person has looked.
 */
export async function quarantineServer(
  open: LogTransaction,
  serverId: string,
  reason: string,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await open.tx
    .insertInto('quarantines')
    .values({ server_id: serverId, since: open.now, reason })
    .onConflict((conflict) => conflict.column('server_id').doNothing())
    .executeTakeFirst();
  if (Number(numInsertedOrUpdatedRows) === 0) return;
  await updateServer(open, serverId, 'hub', {});
  await open.audit({ verb: 'agent.quarantined', actor: 'hub', serverId, detail: { reason } });
}

/** A person has looked: orders may be sent again. @throws Refusal `not_found` */
export async function releaseServer(open: LogTransaction, actor: string, serverId: string): Promise<Server> {
  const { numDeletedRows } = await open.tx
    .deleteFrom('quarantines')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  const server = await updateServer(open, serverId, actor, {});
  if (Number(numDeletedRows) > 0) await open.audit({ verb: 'agent.released', actor, serverId, detail: {} });
  return server;
}
