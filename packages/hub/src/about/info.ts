import type { HubInfo } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { timestamp } from '../lib/clock.ts';
import { engineInfo } from '../store/engine-info.ts';
import type { Store } from '../store/schema.ts';

export interface AboutParts {
  readonly db: Store;
  readonly version: string;
  readonly startedAt: string;
  readonly retentionDays: number;
  /** `null` where the hub speaks plain HTTP alone. */
  readonly tls: ShownCertificate | null;
}

/** The certificate that is shown, which may be another one later. */
interface ShownCertificate {
  readonly isOwn: boolean;
  readonly fingerprint: string;
  readonly endsAt: Date;
}

/** What the hub says of itself. */
export async function hubInfo(parts: AboutParts): Promise<HubInfo> {
  const { db, version, startedAt, retentionDays, tls } = parts;
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
    tls: tls && {
      is_own: tls.isOwn,
      fingerprint: tls.fingerprint,
      ends_at: timestamp(tls.endsAt.getTime()),
    },
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
