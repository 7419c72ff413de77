import { z } from 'zod';
import { ServerId, Timestamp } from '../text.ts';

/** What is kept of a server's readings, with the unit of each and of what on the server there are several, if so. */
export const METRICS = {
  cpu_percent: { unit: 'percent', of: null },
  memory_percent: { unit: 'percent', of: null },
  /** Without a label: that of the fullest disk. */
  disk_percent: { unit: 'percent', of: 'mount' },
  load_1m: { unit: 'load', of: null },
  swap_percent: { unit: 'percent', of: null },
  network_received_bytes_per_second: { unit: 'bytes_per_second', of: 'interface' },
  network_sent_bytes_per_second: { unit: 'bytes_per_second', of: 'interface' },
  disk_read_bytes_per_second: { unit: 'bytes_per_second', of: 'device' },
  disk_written_bytes_per_second: { unit: 'bytes_per_second', of: 'device' },
  temperature_celsius: { unit: 'celsius', of: 'sensor' },
} as const satisfies Record<string, { unit: string; of: string | null }>;
export type MetricName = keyof typeof METRICS;
export const MetricName = z.enum(Object.keys(METRICS) as [MetricName, ...MetricName[]]);

/** Readings are kept in tiers: each in steps of one length, for its own time. */
export const MetricTier = z.enum(['10s', '1min', '10min', '1h']);
export type MetricTier = z.infer<typeof MetricTier>;

/** So many steps does one answer hold at most. */
export const MAX_METRIC_POINTS = 5000;

/** One value for each step, oldest first; `null` where there was no reading. */
const Points = z.array(z.number().nullable());

/**
 * What is known of a server between two times, in equal steps, oldest first. Steps begin at multiples of their length in
 * UTC. The step that runs still is the last one, as far as it has come.
 */
export const MetricHistory = z.object({
  server_id: ServerId,
  /** Where the first step begins, and where the last one ends: what was asked for, widened to whole steps. */
  from: Timestamp,
  to: Timestamp,
  step_ms: z.int().positive(),
  /** Out of which tier this was read. Its steps may be shorter than these. */
  tier: MetricTier,
  series: z.array(
    z.object({
      metric: MetricName,
      /** Of what, where there are several: a mount, an interface, a device, a sensor. */
      label: z.string().nullable(),
      unit: z.string(),
      mean: Points,
      min: Points,
      max: Points,
    }),
  ),
  /** Stretches in which an agent told its readings afterwards, when it was back. */
  backfilled: z.array(z.object({ from: Timestamp, to: Timestamp })),
});
export type MetricHistory = z.infer<typeof MetricHistory>;
