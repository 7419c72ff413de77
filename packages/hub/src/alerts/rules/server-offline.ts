import { CONDITION } from '../core/subject.ts';
import { HOUR_MS, minutes, type Rule, SETTINGS } from './rule.ts';

/** A third server that goes at once is looked at before one of them is told. */
const SEVERAL_MS = minutes(1) / 6;

export const serverOffline: Rule<'server_offline'> = {
  kind: 'server_offline',
  summary: 'Nothing is heard of a server.',
  unit: null,
  defaults: { ...SETTINGS, severity: 'critical', for_ms: SEVERAL_MS, repeat_ms: 4 * HOUR_MS },
  find(fact) {
    if (fact.type !== 'server.changed' && fact.type !== 'server.created') return [];
    const { server } = fact.data;
    if (server.liveness === 'stale') return [];
    const name = server.display_name ?? server.server_id;
    const isOffline = server.liveness === 'offline';
    const condition = isOffline
      ? {
          ...{ ...CONDITION, sinceMs: fact.atMs, title: `${name} is offline` },
          detail:
            server.last_seen_at === null ? null : `It was heard from last at ${server.last_seen_at} (UTC).`,
        }
      : null;
    return [{ kind: 'server_offline', serverId: server.server_id, id: '', label: null, condition }];
  },
};
