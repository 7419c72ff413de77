import type { Fact } from '../facts.ts';
import type { Draft, ServerMemory } from '../memory.ts';
import { PACE } from '../pace.ts';

type ServerFact = Extract<Fact, { data: { server: unknown } }>;

const UNKNOWN: Pick<ServerMemory, 'bootId' | 'offlineMs' | 'settlesMs' | 'isAwaited' | 'isMember'> = {
  ...{ bootId: null, offlineMs: null, settlesMs: 0, isAwaited: false, isMember: false },
};

/** Keeps what is known of a server as it is after this fact. */
export function noteServer(draft: Draft, fact: ServerFact): void {
  const { server } = fact.data;
  const before = draft.get('servers', fact.serverId);
  const { liveness, facts, maintenance } = server;
  const moved = before !== null && isAway(before.liveness) !== isAway(liveness) && liveness !== 'stale';
  const known = before ?? UNKNOWN;
  // It went again long after the change of the fleet was over: for a reason of its own.
  const isOver = fact.atMs - draft.fleet.movedMs > PACE.stillMs;
  const isMember = known.isMember && !(moved && liveness === 'offline' && isOver);
  const next: ServerMemory = {
    ...{
      serverId: fact.serverId,
      name: server.display_name ?? server.server_id,
      tags: server.tags,
      liveness,
    },
    maintenance: maintenanceOf(before, maintenance, fact.actor),
    bootId: facts?.boot_id ?? known.bootId,
    cpuCount: facts?.cpu_count ?? null,
    offlineMs: liveness === 'offline' ? (known.offlineMs ?? fact.atMs) : null,
    settlesMs: settlesMs(before, fact),
    isAwaited: known.isAwaited && liveness !== 'online',
    isMember,
  };
  if (before !== null && JSON.stringify(before) === JSON.stringify(next)) return;
  draft.put('servers', fact.serverId, next);
  if (moved && isMember) draft.setFleet({ movedMs: fact.atMs });
}

const isAway = (liveness: ServerMemory['liveness']): boolean => liveness === 'offline';

/** Whoever began it is who holds its alerts back. */
function maintenanceOf(
  before: ServerMemory | null,
  { on, until, reason }: ServerFact['data']['server']['maintenance'],
  actor: string,
): ServerMemory['maintenance'] {
  const known = before?.maintenance;
  const isSame = known?.on === on && known.until === until && known.reason === reason;
  return { on, until, reason, by: isSame ? known.by : actor };
}

function settlesMs(before: ServerMemory | null, { atMs, data }: ServerFact): number {
  if (before === null) return 0;
  const { liveness, facts } = data.server;
  const bootId = facts?.boot_id ?? null;
  const hasBooted = before.bootId !== null && bootId !== null && bootId !== before.bootId;
  const waits = [
    ...(hasBooted ? [PACE.bootedMs] : []),
    ...(liveness === 'online' && before.liveness === 'offline' ? [PACE.returnedMs] : []),
    ...(liveness === 'online' && before.liveness === 'stale' ? [PACE.linkedMs] : []),
  ];
  return Math.max(before.settlesMs, ...waits.map((waitMs) => atMs + waitMs));
}

export const isInMaintenance = ({ maintenance: { on, until } }: ServerMemory, nowMs: number): boolean =>
  on && (until === null || Date.parse(until) > nowMs);

/** The server is no more, and what was said of it neither. */
export function forgetServer(draft: Draft, serverId: string): void {
  draft.put('servers', serverId, null);
  draft.gone.set(serverId, draft.fleet.lastAlertId);
  for (const [key, subject] of draft.all('subjects'))
    if (subject.serverId === serverId) draft.put('subjects', key, null);
  for (const [key, silence] of draft.all('silences'))
    if (silence.server_id === serverId) draft.put('silences', key, null);
}
