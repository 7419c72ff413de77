import { Lane, type LaneParts } from './lane.ts';

/** Sends what the outbox holds: each channel in a lane of its own, so that a slow receiver holds up nobody else. */
export class Sender implements AsyncDisposable {
  readonly #parts: LaneParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #stop = new AbortController();

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /** Goes on with what an earlier life of the hub has left. */
  async start(): Promise<void> {
    const open = await this.#parts.db
      .selectFrom('deliveries')
      .select('channel_id')
      .distinct()
      .where('state', 'in', ['waiting', 'held'])
      .execute();
    this.wake(open.map(({ channel_id }) => channel_id));
  }

  wake(channelIds: Iterable<string>): void {
    if (this.#stop.signal.aborted) return;
    for (const channelId of channelIds) {
      const known = this.#lanes.get(channelId);
      const lane = known ?? new Lane(this.#parts, channelId, this.#stop.signal);
      if (known === undefined) this.#lanes.set(channelId, lane);
      lane.wake();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.ended()));
  }
}
