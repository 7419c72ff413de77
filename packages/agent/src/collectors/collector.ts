import type { MetricSample } from '@homelabcmd/protocol';

/** One source of readings. It fails by throwing; the readings that it stands for are then missing, never 0. */
export interface Collector {
  name: string;
  read(): Promise<Partial<MetricSample>> | Partial<MetricSample>;
}
