import type { Liveness } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { updateServer } from './change.ts';

export interface LivenessOptions {
  /** Silent for this long: what is known is no longer called current. */
  readonly staleAfterMs: number;
  /** Silent for this long: the server is offline. */
  readonly offlineAfterMs: number;
}

interface Contact {
  lastFrameMs: number;
  isConnected: boolean;
  liveness: Liveness;
  /** The time of the last frame that has been written to the store. */
  writtenMs: number;
}

const SWEEP_MS = 250;
const WRITE_SEEN_EVERY_MS = 15_000;

/**
 * Knows of every server whether the hub hears from it; the only writer of `liveness`.
 *
 *   never_seen ──connected──► online ──link lost, or silent──► stale ──silent longer──► offline
 *                               ▲──────────────── connected, or a frame ────┴─────────────┘
 */
export class LivenessKeeper implements AsyncDisposable {
  readonly #log: EventLog;
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #options: LivenessOptions;
  readonly #logger: Logger;
  readonly #contacts = new Map<string, Contact>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #isSweeping = false;

  constructor(log: EventLog, db: Store, clock: Clock, options: LivenessOptions, logger: Logger) {
    this.#log = log;
    this.#db = db;
    this.#clock = clock;
    this.#options = options;
    this.#logger = logger;
  }

  /** Begins to watch. No link outlives a hub, so a server that was online when it ended is not online now. */
  async start(): Promise<void> {
    const rows = await this.#db
      .selectFrom('servers')
      .select(['server_id', 'liveness', 'last_seen_at', 'liveness_since'])
      .where('liveness', 'in', ['online', 'stale'])
      .execute();
    for (const row of rows) {
      const lastFrameMs = Date.parse(row.last_seen_at ?? row.liveness_since);
      const contact = { lastFrameMs, isConnected: false, liveness: row.liveness, writtenMs: lastFrameMs };
      this.#contacts.set(row.server_id, contact);
    }
    await this.#sweep();
    this.#timer = setInterval(() => this.#startSweep(), SWEEP_MS);
  }

  /** The agent of this server has connected. Resolves when it is online in the store. */
  async connected(serverId: string): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const contact = this.#contacts.get(serverId);
    if (contact) Object.assign(contact, { lastFrameMs: nowMs, isConnected: true });
    else
      this.#contacts.set(serverId, {
        lastFrameMs: nowMs,
        isConnected: true,
        liveness: 'never_seen',
        writtenMs: 0,
      });
    await this.#settle(serverId);
  }

  /** A frame has come. */
  heard(serverId: string): void {
    const contact = this.#contacts.get(serverId);
    if (!contact) return;
    contact.lastFrameMs = this.#clock.nowMs();
    if (contact.liveness !== 'online') this.#startSweep();
  }

  async disconnected(serverId: string): Promise<void> {
    const contact = this.#contacts.get(serverId);
    if (!contact) return;
    contact.isConnected = false;
    await this.#settle(serverId);
  }

  /** The server was deleted. */
  forget(serverId: string): void {
    this.#contacts.delete(serverId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
    // A store that is gone must not keep the hub from ending.
    await this.#writeSeen(0).catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'when servers were last seen could not be written'),
    );
  }

  #startSweep(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#sweeping = this.#sweep()
      .catch((error: unknown) => this.#logger.error({ err: error }, 'liveness could not be written'))
      .finally(() => {
        this.#isSweeping = false;
      });
  }

  async #sweep(): Promise<void> {
    for (const serverId of this.#contacts.keys()) await this.#settle(serverId);
    await this.#writeSeen(WRITE_SEEN_EVERY_MS);
  }

  /** Compares what should be said of a server with what is written, and writes the difference. */
  async #settle(serverId: string): Promise<void> {
    const contact = this.#contacts.get(serverId);
    if (!contact) return;
    const wanted = this.#judge(contact);
    if (wanted === contact.liveness) return;
    const previous = contact.liveness;
    contact.liveness = wanted;
    try {
      await this.#log.transaction(async (open) => {
        const row = await open.tx
          .selectFrom('servers')
          .select('liveness')
          .where('server_id', '=', serverId)
          .executeTakeFirst();
        if (!row || row.liveness === wanted) return;
        await updateServer(open, serverId, 'hub', {
          liveness: wanted,
          liveness_since: open.now,
          last_seen_at: timestamp(contact.lastFrameMs),
        });
      });
      contact.writtenMs = contact.lastFrameMs;
    } catch (error) {
      contact.liveness = previous;
      throw error;
    }
  }

  #judge(contact: Contact): Liveness {
    const silentMs = this.#clock.nowMs() - contact.lastFrameMs;
    if (silentMs >= this.#options.offlineAfterMs) return 'offline';
    return contact.isConnected && silentMs < this.#options.staleAfterMs ? 'online' : 'stale';
  }

  /** Keeps `last_seen_at` roughly true for a hub that is killed: one transaction for all servers, not a fact. */
  async #writeSeen(everyMs: number): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const due = [...this.#contacts].filter(
      ([, c]) => c.lastFrameMs > c.writtenMs && nowMs - c.writtenMs >= everyMs,
    );
    if (due.length === 0) return;
    await this.#db.transaction().execute(async (tx) => {
      for (const [serverId, contact] of due) {
        await tx
          .updateTable('servers')
          .set({ last_seen_at: timestamp(contact.lastFrameMs) })
          .where('server_id', '=', serverId)
          .execute();
        contact.writtenMs = contact.lastFrameMs;
      }
    });
  }
}
