import type { LogTransaction } from '../events/log.ts';
import { readService, type UsageOf } from './view.ts';

/** Tells of a service whose view has changed though neither what is expected nor what is observed has. */
export async function tellService(
  open: LogTransaction,
  usageOf: UsageOf,
  actor: string,
  serverId: string,
  target: string,
): Promise<void> {
  await open.append({ type: 'service.changed', serverId, actor }, async ({ revision }) => {
    await open.tx
      .updateTable('services')
      .set({ revision })
      .where('server_id', '=', serverId)
      .where('target', '=', target)
      .execute();
    return { service: await readService(open.tx, serverId, target, usageOf) };
  });
}
