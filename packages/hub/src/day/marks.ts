import {
  ACTION_KINDS,
  type ActionKind,
  type DayMark,
  type EventData,
  type FleetDay,
  type KindContract,
  isNotAnswering,
  needsAttention,
} from '@homelabcmd/protocol';
import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { StoredEvent } from '../events/log.ts';
import { type Clock, nowOf, timestamp } from '../lib/clock.ts';
import type { Store, StoreTransaction } from '../store/schema.ts';

const FOLLOWER = 'day';
const DAY_MS = 86_400_000;

type Service = EventData<'service.changed'>['service'];

/** What an event means for the marks. */
interface Change {
  write(tx: StoreTransaction): Promise<void>;
  /** After the commit: what is in memory never says more than the store. */
  committed?(): void;
}

/**
 * Marks on the day of the fleet: a durable follower of the log.
 *
 *   service needs attention ──► mark without end ──► it no longer does ──► mark with an end
 *   server offline ──► mark without end ──► online ──► mark with an end
 *   action completed, failed or unknown ──► mark of one moment
 */
export class DayMarks {
  readonly #db: Store;
  readonly #clock: Clock;
  /** Marks that last: by server and target, where a server's own has no target. */
  readonly #lasting = new Set<string>();

  private constructor(db: Store, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  static async open(db: Store, clock: Clock): Promise<DayMarks> {
    const marks = new DayMarks(db, clock);
    const lasting = await db
      .selectFrom('day_marks')
      .select(['server_id', 'target'])
      .where('until', 'is', null)
      .execute();
    for (const { server_id, target } of lasting) marks.#lasting.add(keyOf(server_id, target));
    return marks;
  }

  cursor(): Promise<number> {
    return openCursor(this.#db, FOLLOWER);
  }

  async take(event: StoredEvent): Promise<void> {
    const change = this.#changeBy(event);
    // An event that changes no mark can be taken in again without harm.
    if (change === null && !isCursorDue(event.id)) return;
    await this.#db.transaction().execute(async (tx) => {
      await change?.write(tx);
      await writeCursor(tx, FOLLOWER, event.id);
    });
    change?.committed?.();
  }

  /** The last 24 hours, oldest first. */
  async day(): Promise<FleetDay> {
    const fromMs = this.#clock.nowMs() - DAY_MS;
    const rows = await this.#db
      .selectFrom('day_marks')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb('at', '>=', timestamp(fromMs)),
          eb('until', 'is', null),
          eb('until', '>=', timestamp(fromMs)),
        ]),
      )
      .orderBy('event_id')
      .execute();
    const marks = rows.map(({ target: _, ...mark }): DayMark => mark);
    return { from: timestamp(fromMs), to: nowOf(this.#clock), marks };
  }

  #changeBy(event: StoredEvent): Change | null {
    switch (event.type) {
      case 'service.changed': {
        const { service } = JSON.parse(event.dataJson) as EventData<'service.changed'>;
        return this.#lasts(event, service.target, needsAttention(service), () => ({
          kind: 'service_down',
          service_name: service.service_name,
          detail: wordOf(service),
        }));
      }
      case 'service.removed': {
        const { target } = JSON.parse(event.dataJson) as EventData<'service.removed'>;
        return this.#lasts(event, target, false, () => NOTHING);
      }
      case 'server.changed': {
        const { liveness } = (JSON.parse(event.dataJson) as EventData<'server.changed'>).server;
        if (liveness === 'stale') return null;
        return this.#lasts(event, null, liveness === 'offline', () => ({
          kind: 'server_offline',
          service_name: null,
          detail: 'Offline',
        }));
      }
      case 'server.deleted':
        return this.#endsAll(event);
      case 'action.completed':
      case 'action.failed':
      case 'action.unknown': {
        const { action } = JSON.parse(event.dataJson) as EventData<'action.completed'>;
        const mark = {
          kind: 'restart',
          service_name: action.service_name,
          action_id: action.action_id,
          until: event.at,
          detail: endInWords(event.type, action.action_type),
        } as const;
        return { write: (tx) => insertMark(tx, event, null, mark) };
      }
      default:
        return null;
    }
  }

  #lasts(
    event: StoredEvent,
    target: string | null,
    isSo: boolean,
    mark: () => Pick<DayMark, 'kind' | 'service_name' | 'detail'>,
  ): Change | null {
    const key = keyOf(event.serverId, target);
    if (isSo === this.#lasting.has(key)) return null;
    if (!isSo)
      return {
        write: (tx) => endMark(tx, event, target),
        committed: () => void this.#lasting.delete(key),
      };
    return {
      write: (tx) => insertMark(tx, event, target, { ...mark(), action_id: null, until: null }),
      committed: () => void this.#lasting.add(key),
    };
  }

  /**
   * The store drops a server's marks with the server. A log that is read later than it was written gave them to the
   * server that has that name now, so what was before goes here too.
   */
  #endsAll({ id, serverId }: StoredEvent): Change {
    return {
      write: async (tx) => {
        await tx
          .deleteFrom('day_marks')
          .where('server_id', '=', serverId)
          .where('event_id', '<', id)
          .execute();
      },
      committed: () => {
        for (const key of this.#lasting) if (key.startsWith(`${serverId} `)) this.#lasting.delete(key);
      },
    };
  }
}

const NOTHING = { kind: 'service_down', service_name: null, detail: '' } as const;

/** How an action ended, in the words of its kind. */
function endInWords(type: 'action.completed' | 'action.failed' | 'action.unknown', kind: ActionKind): string {
  const { imperative, noun, past }: KindContract = ACTION_KINDS[kind];
  switch (type) {
    case 'action.completed':
      return past.charAt(0).toUpperCase() + past.slice(1);
    case 'action.failed':
      return `${imperative} failed`;
    case 'action.unknown':
      return `Outcome of a ${noun} unknown`;
  }
}

const keyOf = (serverId: string, target: string | null): string => `${serverId} ${target ?? ''}`;

function wordOf(service: Service): string {
  if (isNotAnswering(service)) return 'Not answering';
  if (service.status === 'not_found') return 'Not found';
  if (service.state_class === 'crash_loop') return 'Crash loop';
  return service.status === 'stopped' ? 'Stopped' : 'Failed';
}

async function insertMark(
  tx: StoreTransaction,
  { id, at, serverId }: StoredEvent,
  target: string | null,
  mark: Omit<DayMark, 'event_id' | 'at' | 'server_id'>,
): Promise<void> {
  // What happened to a server that has been deleted since is not shown.
  const server = await tx
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) return;
  await tx
    .insertInto('day_marks')
    .values({ event_id: id, at, server_id: serverId, target, ...mark })
    .onConflict((conflict) => conflict.column('event_id').doNothing())
    .execute();
  await tx
    .deleteFrom('day_marks')
    .where('until', '<', timestamp(Date.parse(at) - 2 * DAY_MS))
    .execute();
}

async function endMark(
  tx: StoreTransaction,
  { at, serverId }: StoredEvent,
  target: string | null,
): Promise<void> {
  await tx
    .updateTable('day_marks')
    .set({ until: at })
    .where('server_id', '=', serverId)
    .where('target', target === null ? 'is' : '=', target)
    .where('until', 'is', null)
    .execute();
}
