import type { MetricName } from './history.ts';
import type { MetricSample } from './sample.ts';

/** One reading of a sample, in the unit of its metric. */
interface MetricValue {
  readonly metric: MetricName;
  /** Of what on the server, where there are several. */
  readonly label: string | null;
  readonly value: number;
}

/** All of a sample of which a history is kept. What could not be read is left out. */
export function valuesOf(sample: MetricSample): MetricValue[] {
  const values: MetricValue[] = [];
  const keep = (metric: MetricName, value: number | null, label: string | null = null) => {
    if (value !== null) values.push({ metric, label, value });
  };
  keep('cpu_percent', sample.cpu_percent);
  keep('memory_percent', share(sample.memory_used_bytes, sample.memory_total_bytes));
  keep('load_1m', sample.load_1m);
  const disks = sample.disks.map(({ mount, used_bytes, total_bytes }) => ({
    ...{ mount, percent: share(used_bytes, total_bytes) ?? 0 },
  }));
  keep('disk_percent', disks.length === 0 ? null : Math.max(...disks.map(({ percent }) => percent)));
  for (const { mount, percent } of disks) keep('disk_percent', percent, mount);
  keep('swap_percent', share(sample.swap_used_bytes, sample.swap_total_bytes));
  for (const { interface: name, received_bytes_per_second, sent_bytes_per_second } of sample.network) {
    keep('network_received_bytes_per_second', received_bytes_per_second, name);
    keep('network_sent_bytes_per_second', sent_bytes_per_second, name);
  }
  for (const { device, read_bytes_per_second, written_bytes_per_second } of sample.disk_io) {
    keep('disk_read_bytes_per_second', read_bytes_per_second, device);
    keep('disk_written_bytes_per_second', written_bytes_per_second, device);
  }
  for (const { sensor, celsius } of sample.temperatures) keep('temperature_celsius', celsius, sensor);
  return values;
}

/** More than all of it is all of it. */
const share = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total === 0 ? null : Math.min(100, (used / total) * 100);
