import { z } from 'zod';
import { capped, ServerId, Timestamp } from '../text.ts';
import { ServiceUsage } from '../service.ts';

export const DiskUsage = z.object({
  mount: capped(255),
  used_bytes: z.number().nonnegative(),
  total_bytes: z.number().nonnegative(),
});

/** Since the reading before; the first one of an agent has none. */
const rate = z.number().nonnegative();
const NetworkUsage = z.object({
  interface: capped(64),
  received_bytes_per_second: rate,
  sent_bytes_per_second: rate,
});
const DiskIo = z.object({
  device: capped(64),
  read_bytes_per_second: rate,
  written_bytes_per_second: rate,
});
const Temperature = z.object({ sensor: capped(128), celsius: z.number() });

/** So many things of each kind does a sample name at most. */
export const MOST_IN_SAMPLE = { disks: 64, disk_io: 64, network: 32, temperatures: 64 } as const;

/** A reading that could not be taken is `null`, never 0; so is one of which an older agent knows nothing. */
const reading = (schema: z.ZodNumber) => schema.nullable().default(null);
const amount = reading(z.number().nonnegative());

/** What is read of a server every 10 s. A new reading is one line here and a collector in the agent. */
export const MetricSample = z.object({
  cpu_percent: reading(z.number().min(0).max(100)),
  load_1m: amount,
  load_5m: amount,
  load_15m: amount,
  memory_used_bytes: amount,
  memory_total_bytes: amount,
  swap_used_bytes: amount,
  swap_total_bytes: amount,
  disks: z.array(DiskUsage).max(MOST_IN_SAMPLE.disks).default([]),
  disk_io: z.array(DiskIo).max(MOST_IN_SAMPLE.disk_io).default([]),
  network: z.array(NetworkUsage).max(MOST_IN_SAMPLE.network).default([]),
  temperatures: z.array(Temperature).max(MOST_IN_SAMPLE.temperatures).default([]),
  uptime_seconds: amount,
});
export type MetricSample = z.infer<typeof MetricSample>;

/** A sample of which nothing could be read. */
export const NO_READINGS: MetricSample = /* @__PURE__ */ MetricSample.parse({});

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
