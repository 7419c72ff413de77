import { type BodyOf, type Heartbeat, PROBLEMS, type api } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { uuidV7 } from '../lib/uuid.ts';
import type { Schema, Store } from '../store/schema.ts';
import type { Safe } from './channels-kept.ts';
import { urlProblem } from './channels/settings.ts';

export type HeartbeatRow = Selectable<Schema['heartbeats']>;
type Wish = BodyOf<typeof api.createHeartbeat>;

const MOST_HEARTBEATS = 20;

export interface HeartbeatParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly safe: Safe;
  readonly heartbeatsChanged: () => Promise<void>;
}

export const heartbeatOf = (row: HeartbeatRow): Heartbeat => ({
  ...{ heartbeat_id: row.heartbeat_id, name: row.name, host: row.host, every_ms: Number(row.every_ms) },
  ...{ enabled: row.enabled === 1, last_sent_at: row.last_sent_at, last_failed_at: row.last_failed_at },
  ...{ last_failure: row.last_failure, failures: Number(row.failures) },
  ...{ created_at: row.created_at, created_by: row.created_by },
});

export const allHeartbeats = (db: Store): Promise<HeartbeatRow[]> =>
  db.selectFrom('heartbeats').selectAll().orderBy('name').execute();

/** @throws Refusal `already_exists`, `invalid` */
export async function createHeartbeat(parts: HeartbeatParts, actor: string, wish: Wish): Promise<Heartbeat> {
  const heartbeatId = uuidV7(Date.now());
  const made = await parts.log.transaction(async (open) => {
    const others = await refuseTaken(open, wish.name, heartbeatId);
    if (others >= MOST_HEARTBEATS) throw invalid('name', `There are at most ${MOST_HEARTBEATS} heartbeats`);
    if (wish.url === undefined) throw invalid('url', 'Its address is needed');
    await open.tx
      .insertInto('heartbeats')
      .values({
        ...{ heartbeat_id: heartbeatId, ...addressOf(parts.safe, heartbeatId, wish.url) },
        ...{ name: wish.name, every_ms: wish.every_ms, enabled: wish.enabled ? 1 : 0, tried_at: null },
        ...{ last_sent_at: null, last_failed_at: null, last_failure: null, failures: 0 },
        ...{ created_at: open.now, created_by: actor },
      })
      .execute();
    return told(open, 'heartbeat.created', actor, heartbeatId);
  });
  await parts.heartbeatsChanged();
  return made;
}

/** @throws Refusal `not_found`, `already_exists`, `invalid` */
export async function putHeartbeat(
  parts: HeartbeatParts,
  actor: string,
  heartbeatId: string,
  wish: Wish,
): Promise<Heartbeat> {
  const changed = await parts.log.transaction(async (open) => {
    await read(open.tx, heartbeatId);
    await refuseTaken(open, wish.name, heartbeatId);
    await open.tx
      .updateTable('heartbeats')
      .set({
        ...{ name: wish.name, every_ms: wish.every_ms, enabled: wish.enabled ? 1 : 0 },
        ...(wish.url === undefined ? {} : addressOf(parts.safe, heartbeatId, wish.url)),
      })
      .where('heartbeat_id', '=', heartbeatId)
      .execute();
    return told(open, 'heartbeat.changed', actor, heartbeatId);
  });
  await parts.heartbeatsChanged();
  return changed;
}

/** @throws Refusal `not_found` */
export async function deleteHeartbeat(
  parts: HeartbeatParts,
  actor: string,
  heartbeatId: string,
): Promise<void> {
  await parts.log.transaction(async (open) => {
    await told(open, 'heartbeat.removed', actor, heartbeatId);
    await open.tx.deleteFrom('heartbeats').where('heartbeat_id', '=', heartbeatId).execute();
  });
  await parts.heartbeatsChanged();
}

async function read(db: Store, heartbeatId: string): Promise<Heartbeat> {
  const row = await db
    .selectFrom('heartbeats')
    .selectAll()
    .where('heartbeat_id', '=', heartbeatId)
    .executeTakeFirst();
  if (row === undefined) throw new Refusal('not_found', 'There is no such heartbeat');
  return heartbeatOf(row);
}

async function told(
  open: LogTransaction,
  verb: 'heartbeat.created' | 'heartbeat.changed' | 'heartbeat.removed',
  actor: string,
  heartbeatId: string,
): Promise<Heartbeat> {
  const heartbeat = await read(open.tx, heartbeatId);
  const { name, host } = heartbeat;
  await open.audit({ verb, actor, serverId: null, detail: { name, host } });
  return heartbeat;
}

/** All of an address but its host is kept as a secret: whoever has it can say that the hub is well. */
function addressOf(safe: Safe, heartbeatId: string, url: string) {
  const message = urlProblem('The address', url);
  if (message !== null) throw invalid('url', message);
  return { host: new URL(url).host, url_shut: safe.shut(url, heartbeatId) };
}

async function refuseTaken({ tx }: LogTransaction, name: string, heartbeatId: string): Promise<number> {
  const rows = await tx.selectFrom('heartbeats').select(['heartbeat_id', 'name']).execute();
  const others = rows.filter((row) => row.heartbeat_id !== heartbeatId);
  if (others.some((row) => row.name.toLowerCase() === name.toLowerCase()))
    throw new Refusal('already_exists', `There is a heartbeat ${name} already.`);
  return others.length;
}

const invalid = (path: string, message: string): Refusal =>
  new Refusal('invalid', `${PROBLEMS.invalid.title}: ${message}.`, { errors: [{ path, message }] });
