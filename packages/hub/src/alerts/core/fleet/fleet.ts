import { settingsOf } from '../../rules/registry.ts';
import type { Condition, Draft, ServerMemory } from '../memory.ts';
import { PACE } from '../pace.ts';
import { isInMaintenance } from './servers.ts';
import { CONDITION, keyOf, noteFinding } from '../subject.ts';

const ABOUT = { kind: 'fleet_change', serverId: null, id: '' } as const;
export const FLEET_KEY = keyOf(ABOUT);
const LEAST = 3;
const SHARE = 0.3;

/** The hub begins: of servers that it knew it does not know yet whether they are there. */
export function awaitServers(draft: Draft, nowMs: number): void {
  draft.setFleet({ startedMs: nowMs });
  for (const [serverId, server] of draft.all('servers')) {
    const offline = draft.get('subjects', keyOf({ kind: 'server_offline', serverId, id: '' }));
    const isTold = offline?.open?.toldMs !== null && offline?.open?.toldMs !== undefined;
    const isAwaited = server.liveness !== 'never_seen' && !isTold && !server.isMember;
    const liveness = server.liveness === 'online' ? 'stale' : server.liveness;
    if (server.isAwaited !== isAwaited || server.liveness !== liveness)
      draft.put('servers', serverId, { ...server, isAwaited, liveness });
  }
}

/**
 * Whether so many servers went at once that it is one thing, and how far they are back. Its members are those that went within
 * two minutes of each other, or that did not come back with the hub.
 */
export function settleFleet(draft: Draft, nowMs: number): void {
  const before = draft.get('subjects', FLEET_KEY)?.condition ?? null;
  const isEnabled = settingsOf(draft, 'fleet_change').enabled;
  const servers = draft
    .all('servers')
    .map(([, server]) => server)
    .filter((server) => server.liveness !== 'never_seen' && !isInMaintenance(server, nowMs));
  if (isEnabled) join(draft, servers, before, nowMs);
  const members = draft
    .all('servers')
    .map(([, server]) => server)
    .filter(({ isMember }) => isMember);
  if (members.length === 0 && before === null) return;
  const missing = members.filter(
    (server) => server.liveness !== 'online' && !isInMaintenance(server, nowMs),
  ).length;
  const isOver = missing === 0 || !isEnabled;
  if (isOver)
    for (const server of members) draft.put('servers', server.serverId, { ...server, isMember: false });
  const condition = isOver
    ? lastWord(before, members.length, nowMs)
    : conditionOf(draft, members, missing, before);
  noteFinding(draft, { ...ABOUT, label: null, condition });
}

/** It ends at once, and says how. */
const lastWord = (before: Condition | null, total: number, nowMs: number): Condition | null =>
  before === null || total === 0
    ? null
    : { ...before, title: `All ${total} servers are back`, untilMs: nowMs };

function join(draft: Draft, servers: readonly ServerMemory[], before: Condition | null, nowMs: number): void {
  const away = servers.filter(({ offlineMs }) => offlineMs !== null);
  const goneMs = (server: ServerMemory): number => server.offlineMs ?? 0;
  const newestMs =
    before === null
      ? Math.max(0, ...away.filter(({ isMember }) => !isMember).map(goneMs))
      : draft.fleet.movedMs;
  if (before === null && nowMs - newestMs > PACE.togetherMs && !away.some(({ isAwaited }) => isAwaited))
    return;
  const group = away.filter(
    (server) => server.isAwaited || Math.abs(newestMs - goneMs(server)) <= PACE.togetherMs,
  );
  if (before === null && group.length < Math.max(LEAST, Math.ceil(SHARE * servers.length))) return;
  const joining = group.filter(({ isMember }) => !isMember);
  if (joining.length === 0) return;
  for (const server of joining) draft.put('servers', server.serverId, { ...server, isMember: true });
  draft.setFleet({ movedMs: Math.max(draft.fleet.movedMs, ...joining.map(goneMs)) });
}

function conditionOf(
  draft: Draft,
  members: readonly ServerMemory[],
  missing: number,
  before: Condition | null,
): Condition {
  const { startedMs, movedMs } = draft.fleet;
  const isAwaiting = members.some(({ isAwaited }) => isAwaited);
  const sinceMs =
    before?.sinceMs ??
    Math.max(Math.min(...members.flatMap(({ offlineMs }) => offlineMs ?? [])), isAwaiting ? startedMs : 0);
  // Servers that were there since the hub began have gone now, however short it is that it began.
  const isFromStart = isAwaiting && sinceMs >= startedMs && sinceMs < startedMs + PACE.longestSettlingMs;
  const dueMs = Math.min(
    Math.max(startedMs + PACE.settlingMs, movedMs + PACE.returningMs),
    startedMs + PACE.longestSettlingMs,
  );
  const total = members.length;
  const back = total - missing;
  return {
    ...{ ...CONDITION, sinceMs, graceMs: isFromStart ? Math.max(0, dueMs - sinceMs) : 0 },
    title:
      back === 0
        ? `${total} servers ${isFromStart ? 'are not back yet' : 'went at once'}`
        : `${back} of ${total} back, ${missing} ${missing === 1 ? 'needs' : 'need'} you`,
    detail: isFromStart
      ? 'They were gone when the hub began.'
      : 'They went within two minutes: look at what they have in common, as their power or their network.',
  };
}
