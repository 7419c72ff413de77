import type { DiscoveredService, QueryOf, ResponseOf, api } from '@homelabcmd/protocol';
import type { Store } from '../../store/schema.ts';
import { assertServer } from '../queries.ts';
import { selectServices, serviceOf, type UsageOf } from '../view.ts';
import { byLikelihood, rankOf } from './rank.ts';

/**
 * What the agent sees on a server and nobody expects yet, the likeliest first.
 * @throws Refusal `not_found`
 */
export async function discoverServices(
  db: Store,
  usageOf: UsageOf,
  serverId: string,
  { limit, offset, all }: QueryOf<typeof api.discoveredServices>,
): Promise<ResponseOf<typeof api.discoveredServices>> {
  await assertServer(db, serverId);
  const rows = await selectServices(db)
    .where('services.server_id', '=', serverId)
    .where('services.expected', '=', 0)
    .execute();
  const found = rows.map((row): DiscoveredService => {
    const service = serviceOf(row, usageOf);
    return { ...service, ...rankOf(service) };
  });
  const shown = all ? found : found.filter(({ rank }) => rank !== 'background');
  return {
    services: shown.sort(byLikelihood).slice(offset, offset + limit),
    total: shown.length,
    limit,
    offset,
    hidden: found.length - shown.length,
  };
}
