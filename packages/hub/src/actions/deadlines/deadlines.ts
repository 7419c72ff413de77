import type { EventData } from '@homelabcmd/protocol';
import type { EventLog, StoredEvent } from '../../events/log.ts';
import { type Clock, timestamp } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import { hasHappenedAhead, isAheadOf } from './clock-set-back.ts';
import { type ActionRow, selectActions } from '../rows.ts';
import { transition } from '../transition.ts';

const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 1000;

/**
 * Ends what has waited too long: `pending` and `approved` expire; an order without an answer, or on a server that
 * has gone offline, becomes `unknown`. When the clock was set back, nobody knows how long anything has waited, and it
 * ends too. It never sends and never repeats anything.
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
    const nowMs = this.#clock.nowMs();
    const due = await selectActions(this.#db, 0)
      .where('deadline_at', 'is not', null)
      .where((eb) => eb.or([eb('deadline_at', '<=', timestamp(nowMs)), isAheadOf(nowMs)(eb)]))
      .execute();
    let isAnyLeft = false;
    for (const row of due) {
      const why = hasHappenedAhead(row, nowMs) ? SET_BACK : TOO_LATE;
      await this.#end(row, why).catch((error: unknown) => {
        this.#logger.error({ err: error, action_id: row.action_id }, 'a deadline could not be kept');
        isAnyLeft = true;
      });
    }
    await this.#arm(isAnyLeft ? RETRY_MS : 0);
  }

  /** Follows the log: a change of an action may bring a nearer deadline; an offline server, lost contact. */
  async takeAll(events: readonly StoredEvent[]): Promise<void> {
    for (const { serverId } of events.filter(isOffline)) {
      const rows = await selectActions(this.#db, 0)
        .where('server_id', '=', serverId)
        .where('status', 'in', ['dispatched', 'executing'])
        .execute();
      for (const row of rows)
        await this.#end(row, { ...TOO_LATE, unknown: `Contact with ${serverId} was lost` });
    }
    if (events.some(({ type }) => type.startsWith('action.'))) await this.#arm();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  async #end(row: ActionRow, why: Why): Promise<void> {
    await this.#log.transaction(async (open) => {
      const [current] = await selectActions(open.tx, Date.parse(open.now))
        .where('action_id', '=', row.action_id)
        .where('status', '=', row.status)
        .where('version', '=', row.version)
        .execute();
      if (!current) return;
      const { status } = current;
      const isWaiting = status === 'pending' || status === 'approved';
      const detail = isWaiting ? why[status] : why.unknown;
      await transition(open, current, isWaiting ? 'expired' : 'unknown', { actor: 'hub', detail });
    });
  }

  async #arm(leastWaitMs = 0): Promise<void> {
    const { next, ...newest } = (await whatWaits(this.#db, {})).rows[0] ?? NOTHING_WAITS;
    if (next === null) return clearTimeout(this.#timer);
    const nowMs = this.#clock.nowMs();
    const dueInMs = hasHappenedAhead(newest, nowMs) ? 0 : Date.parse(next) - nowMs;
    const waitMs = Math.max(leastWaitMs, dueInMs);
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

const NOTHING_WAITS = { next: null, created_at: null, approved_at: null, started_at: null };

type Waiting = { readonly [N in keyof typeof NOTHING_WAITS]: string | null };

/** The nearest deadline, and the newest that has happened to anything that has one. */
const whatWaits = statement<object, Waiting>((db) =>
  db
    .selectFrom('actions')
    .select(({ fn }) => [
      fn.min('deadline_at').as('next'),
      fn.max('created_at').as('created_at'),
      fn.max('approved_at').as('approved_at'),
      fn.max('started_at').as('started_at'),
    ])
    .where('deadline_at', 'is not', null),
);

function isOffline(event: StoredEvent): boolean {
  if (event.type !== 'server.changed') return false;
  return (JSON.parse(event.dataJson) as EventData<'server.changed'>).server.liveness === 'offline';
}

/** What the time line says of the end, by what waited. */
interface Why {
  readonly pending: string;
  readonly approved: string;
  /** Of an order that was out. */
  readonly unknown: string;
}

const TOO_LATE: Why = {
  pending: 'Nobody decided in time',
  approved: 'The order could not be delivered in time',
  unknown: 'No word from the agent in the time that it has',
};

const WAITED = 'The clock of the hub was set back, so nobody knows how long it has waited';
const SET_BACK: Why = { pending: WAITED, approved: WAITED, unknown: WAITED };
