import { z } from 'zod';
import { capped, ServerId, Timestamp } from './text.ts';
import { ServiceUsage } from './service.ts';

export const DiskUsage = z.object({
  mount: capped(255),
  used_bytes: z.number().nonnegative(),
  total_bytes: z.number().nonnegative(),
});

/** One reading of a server, taken every 10 s. A reading that could not be taken is `null`, never 0. */
export const MetricSample = z.object({
  cpu_percent: z.number().min(0).max(100).nullable(),
  load_1m: z.number().nonnegative().nullable(),
  load_5m: z.number().nonnegative().nullable(),
  load_15m: z.number().nonnegative().nullable(),
  memory_used_bytes: z.number().nonnegative().nullable(),
  memory_total_bytes: z.number().nonnegative().nullable(),
  disks: z.array(DiskUsage).max(64),
  uptime_seconds: z.number().nonnegative().nullable(),
});
export type MetricSample = z.infer<typeof MetricSample>;

/**
 * The last hour of every server in equal steps, oldest first: the mean of each step, `null` where there was no reading.
 * `disk_percent` is that of the fullest disk.
 */
export const RecentMetrics = z.object({
  from: Timestamp,
  step_ms: z.int().positive(),
  servers: z.array(
    z.object({
      server_id: ServerId,
      cpu_percent: z.array(z.number().nullable()),
      memory_percent: z.array(z.number().nullable()),
      disk_percent: z.array(z.number().nullable()),
    }),
  ),
});
export type RecentMetrics = z.infer<typeof RecentMetrics>;

/** The newest reading of a server, as the hub passes it on. */
export const ServerMetrics = z.object({
  server_id: ServerId,
  at: Timestamp,
  sample: MetricSample,
  services: z.array(ServiceUsage),
});
export type ServerMetrics = z.infer<typeof ServerMetrics>;
