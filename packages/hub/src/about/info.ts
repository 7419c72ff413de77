import type { HubInfo } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { engineInfo } from '../store/engine-info.ts';
import type { Store } from '../store/schema.ts';

export interface AboutParts {
  readonly db: Store;
  readonly version: string;
  readonly startedAt: string;
  readonly retentionDays: number;
}

/** What the hub says of itself. */
export async function hubInfo({ db, version, startedAt, retentionDays }: AboutParts): Promise<HubInfo> {
  const count = async (table: 'servers' | 'actions' | 'events') =>
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
    ).total;
  const oldest = await db.selectFrom('events').select('at').orderBy('id').limit(1).executeTakeFirst();
  return {
    version,
    started_at: startedAt,
    node_version: process.versions.node,
    store: await storeInfo(db),
    events: { total: await count('events'), oldest_at: oldest?.at ?? null, retention_days: retentionDays },
    servers: await count('servers'),
    actions: await count('actions'),
  };
}

async function storeInfo(db: Store): Promise<HubInfo['store']> {
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(db);
  return { ...(await engineInfo(db)), schema: rows[0]?.name ?? '' };
}
