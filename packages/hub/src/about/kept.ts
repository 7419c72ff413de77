import type { KeptKind, MetricTier, WhatIsKept } from '@homelabcmd/protocol';
import { type RawBuilder, sql } from 'kysely';
import { engineInfo } from '../store/engine-info.ts';
import type { Store } from '../store/schema.ts';

const DAY_MS = 86_400_000;

interface Settings {
  readonly metricsKeptMs: Readonly<Record<MetricTier, number>>;
  readonly eventRetentionDays: number;
}

interface Kept {
  readonly keptMs: (settings: Settings) => number | null;
  readonly setting: string | null;
  /** When the oldest of it is from. */
  readonly oldest: RawBuilder<{ at: string | null }>;
}

/** The blocks of a tier lie by server: the oldest of each is found without reading the others. */
const readings = (tier: MetricTier, stepMs: number, setting: string): Kept => ({
  keptMs: ({ metricsKeptMs }) => metricsKeptMs[tier],
  setting,
  oldest: sql`SELECT MIN((SELECT MIN(block.at) FROM metric_blocks AS block
    WHERE block.server_id = servers.server_id AND block.step_ms = ${stepMs})) AS at FROM servers`,
});

const withEvents = (oldest: Kept['oldest']): Kept => ({
  keptMs: ({ eventRetentionDays }) => eventRetentionDays * DAY_MS,
  setting: 'HOMELABCMD_EVENT_RETENTION_DAYS',
  oldest,
});

const forEver = (oldest: Kept['oldest']): Kept => ({ keptMs: () => null, setting: null, oldest });

const KEPT: Readonly<Record<KeptKind, Kept>> = {
  readings_10s: readings('10s', 10_000, 'HOMELABCMD_METRICS_10S_HOURS'),
  readings_1min: readings('1min', 60_000, 'HOMELABCMD_METRICS_1MIN_DAYS'),
  readings_10min: readings('10min', 600_000, 'HOMELABCMD_METRICS_10MIN_DAYS'),
  readings_1h: readings('1h', 3_600_000, 'HOMELABCMD_METRICS_1H_DAYS'),
  availability: {
    keptMs: ({ metricsKeptMs }) => metricsKeptMs['1h'],
    setting: 'HOMELABCMD_METRICS_1H_DAYS',
    oldest: sql`SELECT MIN(day) || 'T00:00:00.000Z' AS at FROM service_days`,
  },
  service_changes: withEvents(sql`SELECT at FROM service_changes ORDER BY event_id LIMIT 1`),
  marks: withEvents(sql`SELECT MIN(at) AS at FROM day_marks`),
  events: withEvents(sql`SELECT at FROM events ORDER BY id LIMIT 1`),
  actions: forEver(sql`SELECT created_at AS at FROM actions ORDER BY action_id LIMIT 1`),
  audit: forEver(sql`SELECT at FROM audit_entries ORDER BY id LIMIT 1`),
};

/** What is kept for how long. What the store holds of it is told by its oldest. */
export async function whatIsKept(db: Store, settings: Settings): Promise<WhatIsKept> {
  const { engine, size_bytes } = await engineInfo(db);
  const kinds: WhatIsKept['kinds'] = [];
  for (const [kind, { keptMs, setting, oldest }] of Object.entries(KEPT)) {
    const { rows } = await oldest.execute(db);
    kinds.push({
      ...{ kind: kind as KeptKind, kept_ms: keptMs(settings), setting },
      oldest_at: rows[0]?.at ?? null,
    });
  }
  return { store: { engine, size_bytes }, kinds };
}
