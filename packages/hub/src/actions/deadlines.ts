import type { EventData } from '@homelabcmd/protocol';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { type Clock, nowOf } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { type ActionRow, selectActions } from './rows.ts';
import { transition } from './transition.ts';

const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 1000;

/**
 * Ends what has waited too long: `pending` and `approved` expire; an order without an answer, or on a server that
 * has gone offline, becomes `unknown`. It never sends and never repeats anything.
 */
export class Deadlines implements AsyncDisposable {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(db: Store, log: EventLog, clock: Clock, logger: Logger) {
    this.#db = db;
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Ends all that is due and sets the timer for the next. What cannot be ended is tried again, and holds up nothing else. */
  async sweep(): Promise<void> {
    const due = await selectActions(this.#db, 0).where('deadline_at', '<=', nowOf(this.#clock)).execute();
    let isAnyLeft = false;
    for (const row of due) {
      await this.#end(row, 'No word from the agent in the time that it has').catch((error: unknown) => {
        this.#logger.error({ err: error, action_id: row.action_id }, 'a deadline could not be kept');
        isAnyLeft = true;
      });
    }
    await this.#arm(isAnyLeft ? RETRY_MS : 0);
  }

  /** Follows the log: each change of an action may bring a nearer deadline; an offline server, lost contact. */
  async take(event: StoredEvent): Promise<void> {
    if (isOffline(event)) {
      const rows = await selectActions(this.#db, 0)
        .where('server_id', '=', event.serverId)
        .where('status', 'in', ['dispatched', 'executing'])
        .execute();
      for (const row of rows) await this.#end(row, `Contact with ${event.serverId} was lost`);
    }
    if (event.type.startsWith('action.')) await this.#arm();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  async #end(row: ActionRow, whyUnknown: string): Promise<void> {
    await this.#log.transaction(async (open) => {
      const [current] = await selectActions(open.tx, 0)
        .where('action_id', '=', row.action_id)
        .where('status', '=', row.status)
        .where('version', '=', row.version)
        .execute();
      if (!current) return;
      const isWaiting = current.status === 'pending' || current.status === 'approved';
      await transition(open, current, isWaiting ? 'expired' : 'unknown', {
        actor: 'hub',
        detail: isWaiting
          ? EXPIRED_DETAIL[current.status === 'pending' ? 'pending' : 'approved']
          : whyUnknown,
      });
    });
  }

  async #arm(leastWaitMs = 0): Promise<void> {
    const { next } = await this.#db
      .selectFrom('actions')
      .select((eb) => eb.fn.min('deadline_at').as('next'))
      .executeTakeFirstOrThrow();
    if (next === null) return clearTimeout(this.#timer);
    const waitMs = Math.max(leastWaitMs, Date.parse(next) - this.#clock.nowMs());
    this.#sweepIn(Math.min(waitMs, LONGEST_WAIT_MS));
  }

  #sweepIn(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isDisposed) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.sweep().catch((error: unknown) => {
        this.#logger.error({ err: error }, 'deadlines could not be kept');
        this.#sweepIn(RETRY_MS);
      });
    }, waitMs);
  }
}

function isOffline(event: StoredEvent): boolean {
  if (event.type !== 'server.changed') return false;
  return (JSON.parse(event.dataJson) as EventData<'server.changed'>).server.liveness === 'offline';
}

const EXPIRED_DETAIL = {
  pending: 'Nobody decided in time',
  approved: 'The order could not be delivered in time',
};
