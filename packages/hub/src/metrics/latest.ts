import type { EventData, MetricSample, ServerMetrics, ServiceUsage } from '@homelabcmd/protocol';
import type { StoredEvent } from '../events/log.ts';
import { type Clock, nowOf } from '../lib/clock.ts';

type Listener = (metrics: ServerMetrics) => void;

/**
 * The newest reading of each server. Readings are not facts: they are not in the log, and a hub that has just
 * started knows none until the agents connect.
 */
export class LatestMetrics {
  readonly #clock: Clock;
  readonly #byServer = new Map<string, ServerMetrics>();
  readonly #listeners = new Set<Listener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(serverId: string, sample: MetricSample, services: ServiceUsage[]): void {
    const metrics = { server_id: serverId, at: nowOf(this.#clock), sample, services };
    this.#byServer.set(serverId, metrics);
    for (const listener of this.#listeners) listener(metrics);
  }

  /** Follows the log: a server that is not heard from, or gone, has no current reading. */
  async take(event: StoredEvent): Promise<void> {
    const isGone = event.type === 'server.deleted';
    const isSilent =
      event.type === 'server.changed' &&
      (JSON.parse(event.dataJson) as EventData<'server.changed'>).server.liveness !== 'online';
    if (isGone || isSilent) this.#byServer.delete(event.serverId);
  }

  of(serverId: string): ServerMetrics | undefined {
    return this.#byServer.get(serverId);
  }

  all(): ServerMetrics[] {
    return [...this.#byServer.values()];
  }

  /** Tells of every reading from now on; the answer ends it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
