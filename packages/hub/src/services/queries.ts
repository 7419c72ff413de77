import { type ExpectedUnit, type ResponseOf, type api, expectedUnitOfTarget } from '@homelabcmd/protocol';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';
import { probeOf, selectServices, serviceOf, type UsageOf } from './view.ts';

interface Page {
  readonly limit: number;
  readonly offset: number;
}

interface Filter {
  readonly serverId?: string;
  readonly expected?: boolean;
}

type Services = ResponseOf<typeof api.listServices>;

/** Services by server and name. @throws Refusal `not_found` when a server is named that is not there */
export async function listServices(
  db: Store,
  usageOf: UsageOf,
  filter: Filter,
  { limit, offset }: Page,
): Promise<Services> {
  const { serverId, expected } = filter;
  if (serverId !== undefined) await assertServer(db, serverId);
  const rows = await selectServices(db)
    .$if(serverId !== undefined, (q) => q.where('services.server_id', '=', serverId ?? ''))
    .$if(expected !== undefined, (q) => q.where('services.expected', '=', expected ? 1 : 0))
    .orderBy('services.server_id')
    .orderBy('services.service_name')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await db
    .selectFrom('services')
    .$if(serverId !== undefined, (q) => q.where('server_id', '=', serverId ?? ''))
    .$if(expected !== undefined, (q) => q.where('expected', '=', expected ? 1 : 0))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { services: rows.map((row) => serviceOf(row, usageOf)), total, limit, offset };
}

/** The units that an agent must look up by name and may have to probe, because someone expects them. */
export async function expectedUnits(db: Store, serverId: string): Promise<ExpectedUnit[]> {
  const rows = await db
    .selectFrom('services')
    .select(['target', 'probe_json', 'enabled'])
    .where('server_id', '=', serverId)
    .where('expected', '=', 1)
    .execute();
  return rows.flatMap((row) => {
    const unit = expectedUnitOfTarget(row.target);
    // A service that is paused is still looked up, so that it can be shown; it is not asked anything.
    return unit === null ? [] : [{ unit, probe: row.enabled === 1 ? probeOf(row) : null }];
  });
}

export async function assertServer(db: Store, serverId: string): Promise<void> {
  const row = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!row) throw new Refusal('not_found', 'Server not found');
}
