import type { ReadKind } from './kind.ts';

/** When the server went offline, and when it was back, by the marks of its days. */
export const readServer: ReadKind<'server'> = async ({ db, serverId, from, to, most }) => {
  const rows = await db
    .selectFrom('day_marks')
    .select(['event_id', 'at', 'until'])
    .where('server_id', '=', serverId)
    .where('kind', '=', 'server_offline')
    .where('at', '<=', to)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>=', from)]))
    .orderBy('event_id')
    .limit(most + 1)
    .execute();
  return rows.flatMap(({ event_id, at, until }) => [
    ...(at >= from ? [{ kind: 'server' as const, event_id, at, liveness: 'offline' as const }] : []),
    ...(until !== null && until <= to
      ? [{ kind: 'server' as const, event_id, at: until, liveness: 'online' as const }]
      : []),
  ]);
};
