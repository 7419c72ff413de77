import { type ActionStatus, NEXT_STATUSES } from '@homelabcmd/protocol';
import type { Insertable, Updateable } from 'kysely';
import { EventLog, type LogTransaction } from '../src/events/log.ts';
import type { Schema, Store } from '../src/store/schema.ts';
import { disposableFolder, HeldClock } from './hub-fixture.ts';
import { openTestStore } from './store-access.ts';

/** A store with its log and without a hub: for rules that rest on rows, and on nothing that happens by itself. */
export class TestStore implements AsyncDisposable {
  readonly dataDir: string;
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: HeldClock;
  readonly #close: () => Promise<void>;

  constructor(dataDir: string, db: Store, log: EventLog, clock: HeldClock, close: () => Promise<void>) {
    this.dataDir = dataDir;
    this.db = db;
    this.log = log;
    this.clock = clock;
    this.#close = close;
  }

  /** A moment that lies so far back. */
  ago(ms: number): string {
    return new Date(this.clock.nowMs() - ms).toISOString();
  }

  within<T>(work: (open: LogTransaction) => Promise<T>): Promise<T> {
    return this.log.transaction(work);
  }

  async addServer(serverId: string, change: Partial<Insertable<Schema['servers']>> = {}): Promise<void> {
    await this.db
      .insertInto('servers')
      .values({
        ...{ server_id: serverId, tags_json: '[]', liveness: 'online', liveness_since: this.ago(86_400_000) },
        ...{ maintenance_json: '{"on":false,"until":null}', created_at: this.ago(86_400_000), revision: 0 },
        ...change,
      })
      .execute();
  }

  /** An action that has come to this status by legal steps, with these columns in the end. */
  async addAction(
    status: ActionStatus,
    { target = 'systemd:plex.service', server_id = 'nas', created_at, created_by, ...set }: ActionChange = {},
  ): Promise<number> {
    const { last: id } = await this.db
      .updateTable('hub_counters')
      .set((eb) => ({ last: eb('last', '+', 1) }))
      .where('name', '=', 'action')
      .returning('last')
      .executeTakeFirstOrThrow();
    await this.db
      .insertInto('actions')
      .values({
        ...{ action_id: id, order_id: `01890a5d-ac96-774b-bcce-${String(id).padStart(12, '0')}` },
        ...{ kind: 'restart_service', server_id, service_name: target.slice('systemd:'.length), target },
        ...{ command: 'x', verb: 'restart', status: 'pending', version: 0, revision: 0, digest: 'd' },
        ...{ also_restarts_json: '[]', approved_digest: 'd', settle_ms: 1 },
        ...{ created_at: created_at ?? this.ago(0), created_by: created_by ?? 'kim' },
      })
      .execute();
    for (const step of pathTo(status))
      await this.db.updateTable('actions').set({ status: step }).where('action_id', '=', id).execute();
    if (Object.keys(set).length > 0)
      await this.db.updateTable('actions').set(set).where('action_id', '=', id).execute();
    return id;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

type ActionChange = Omit<Updateable<Schema['actions']>, 'status' | 'action_id'>;

export async function startTestStore(startMs = Date.parse('2026-01-10T12:00:00.000Z')): Promise<TestStore> {
  const folder = disposableFolder();
  const store = await openTestStore(folder.path);
  const clock = new HeldClock(startMs);
  return new TestStore(folder.path, store.db, await EventLog.open(store.db, clock), clock, async () => {
    await store[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
}

/** The shortest legal way to each status, from the table itself. */
export function pathTo(goal: ActionStatus): Exclude<ActionStatus, 'pending'>[] {
  const paths: ActionStatus[][] = [['pending']];
  for (const path of paths) {
    const last = path.at(-1) ?? 'pending';
    if (last === goal) return path.filter((status) => status !== 'pending');
    paths.push(...NEXT_STATUSES[last].map((next) => [...path, next]));
  }
  throw new Error(`nothing leads to ${goal}`);
}
