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

/** The newest reading of a server, as the hub passes it on. */
export const ServerMetrics = z.object({
  server_id: ServerId,
  at: Timestamp,
  sample: MetricSample,
  services: z.array(ServiceUsage),
});
export type ServerMetrics = z.infer<typeof ServerMetrics>;
