import type { HubInfo } from '@homelabcmd/protocol';
import { sql } from 'kysely';
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
  const one = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(db)).rows[0];
  const version = await one(sql<{ v: string }>`select sqlite_version() as v`);
  const pages = await one(sql<{ page_count: number }>`pragma page_count`);
  const page = await one(sql<{ page_size: number }>`pragma page_size`);
  const newest = await one(
    sql<{ name: string }>`select name from kysely_migration order by name desc limit 1`,
  );
  return {
    engine: 'sqlite',
    engine_version: version?.v ?? '',
    size_bytes: (pages?.page_count ?? 0) * (page?.page_size ?? 0),
    schema: newest?.name ?? '',
  };
}
