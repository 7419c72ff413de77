import type { OpenSession } from '@homelabcmd/protocol';
import type { EventLog } from '../../events/log.ts';
import { type Clock, timestamp } from '../../lib/clock.ts';
import type { Principal } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { IDLE_MS } from './sessions.ts';

interface Asked {
  readonly limit: number;
  readonly offset: number;
  readonly whose: 'mine' | 'all';
}

/** The sessions that are open, the newest first. @throws Refusal `forbidden` for those of others */
export async function listSessions(
  db: Store,
  clock: Clock,
  principal: Principal,
  currentId: string | null,
  { limit, offset, whose }: Asked,
): Promise<{ sessions: OpenSession[]; total: number; limit: number; offset: number }> {
  if (whose === 'all' && !principal.scopes.includes('admin'))
    throw new Refusal('forbidden', 'Only an administrator sees the sessions of others.');
  const open = openSessions(db, clock.nowMs()).$if(whose === 'mine', (rows) =>
    rows.where((eb) =>
      eb.or([eb('sessions.user_id', '=', principal.id), eb('sessions.key_id', '=', principal.id)]),
    ),
  );
  const rows = await open
    .select([
      ...(['session_id', 'sessions.user_id', 'sessions.created_at', 'sessions.last_used_at'] as const),
      ...(['sessions.expires_at', 'address', 'user_agent', 'users.name as user_name'] as const),
      'api_keys.name as key_name',
    ])
    .orderBy('sessions.created_at', 'desc')
    .orderBy('session_id')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await open.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const sessions = rows.map(({ user_name, key_name, ...row }) => ({
    ...row,
    principal_name: user_name ?? key_name ?? '',
    is_current: row.session_id === currentId,
  }));
  return { sessions, total, limit, offset };
}

const openSessions = (db: Store, nowMs: number) =>
  db
    .selectFrom('sessions')
    .leftJoin('users', 'users.user_id', 'sessions.user_id')
    .leftJoin('api_keys', 'api_keys.key_id', 'sessions.key_id')
    .where('sessions.expires_at', '>', timestamp(nowMs))
    .where('sessions.last_used_at', '>', timestamp(nowMs - IDLE_MS));

/** Signs one session out. @throws Refusal `not_found`; to others a session that is not theirs is not there */
export async function endSession(log: EventLog, principal: Principal, sessionId: string): Promise<void> {
  await log.transaction(async ({ tx, audit }) => {
    const row = await tx
      .selectFrom('sessions')
      .select(['session_id', 'user_id', 'key_id'])
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    const isOwn = row !== undefined && (row.user_id ?? row.key_id) === principal.id;
    if (!row || !(isOwn || principal.scopes.includes('admin')))
      throw new Refusal('not_found', 'There is no such session.');
    await tx.deleteFrom('sessions').where('session_id', '=', sessionId).execute();
    const detail = { session_id: sessionId };
    await audit({ verb: 'session.ended', actor: principal.name, serverId: null, detail });
  });
}

/** Signs out every other session of who asks. */
export async function endOtherSessions(
  log: EventLog,
  principal: Principal,
  currentId: string | null,
): Promise<void> {
  await log.transaction(async ({ tx, audit }) => {
    const ended = await tx
      .deleteFrom('sessions')
      .where((eb) => eb.or([eb('user_id', '=', principal.id), eb('key_id', '=', principal.id)]))
      .where('session_id', '<>', currentId ?? '')
      .returning('session_id')
      .execute();
    if (ended.length === 0) return;
    const detail = { session_ids: ended.map(({ session_id }) => session_id) };
    await audit({ verb: 'session.ended', actor: principal.name, serverId: null, detail });
  });
}
