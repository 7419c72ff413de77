import type { Alert } from '@homelabcmd/protocol';
import { settingsOf } from '../rules/registry.ts';
import { FLEET_KEY } from './fleet/fleet.ts';
import type { Draft, OpenAlert, SilenceMemory, Subject } from './memory.ts';
import { PACE } from './pace.ts';
import { isInMaintenance } from './fleet/servers.ts';
import { keyOf } from './subject.ts';

/** What is looked at together, so that each subject need not look at all others. */
export interface Scene {
  readonly draft: Draft;
  readonly nowMs: number;
  /** When services of a server went, oldest first. */
  readonly wentMs: ReadonlyMap<string, readonly number[]>;
}

export function sceneOf(draft: Draft, nowMs: number): Scene {
  const wentMs = new Map<string, number[]>();
  for (const [, { kind, serverId, condition }] of draft.all('subjects')) {
    if (kind !== 'service_down' || condition === null || serverId === null) continue;
    const went = wentMs.get(serverId) ?? [];
    wentMs.set(serverId, went);
    went.push(condition.sinceMs);
  }
  return { draft, nowMs, wentMs };
}

/** What holds of it: nothing does when its rule is off, or its end has come. */
export function conditionOf({ draft, nowMs }: Scene, subject: Subject): Subject['condition'] {
  const { condition, kind } = subject;
  if (condition === null || !settingsOf(draft, kind).enabled) return null;
  return condition.untilMs !== null && condition.untilMs <= nowMs ? null : condition;
}

/** When it has held for long enough, by its own times. */
export const ripeMs = ({ draft }: Scene, { kind }: Subject, condition: NonNullable<Subject['condition']>) =>
  condition.sinceMs + settingsOf(draft, kind).for_ms + condition.graceMs;

/** Until when it is left open whether this is a thing of its own; `Infinity`: until something is heard. */
export function heldUntilMs({ draft, wentMs }: Scene, subject: Subject): number {
  const { kind, serverId, condition } = subject;
  if (serverId === null || condition === null) return 0;
  const server = draft.get('servers', serverId);
  if (server === null) return 0;
  if (kind === 'server_offline') {
    const fleet = draft.get('subjects', FLEET_KEY);
    if (server.isMember && fleet?.condition && fleet.open?.alert.state === 'pending') return Infinity;
    return server.isAwaited ? draft.fleet.startedMs + PACE.settlingMs : 0;
  }
  // Of a silent server nothing is known: it is waited for what that turns out to be.
  if (server.liveness !== 'online') return Infinity;
  if (kind !== 'service_down') return server.settlesMs;
  const { sinceMs } = condition;
  const before = (wentMs.get(serverId) ?? []).filter(
    (went) => went <= sinceMs && went > sinceMs - PACE.burstMs,
  ).length;
  return before > 2 ? Math.max(server.settlesMs, sinceMs + PACE.burstHoldMs) : server.settlesMs;
}

export interface Cause {
  readonly alertId: number;
  readonly reason: string;
}

/** The alert that this one comes of, if people know of it. */
export function causeOf(scene: Scene, { kind, serverId, id }: Subject): Cause | null {
  if (kind === 'fleet_change' || serverId === null) return null;
  const { draft } = scene;
  if (kind === 'server_offline')
    return draft.get('servers', serverId)?.isMember === true
      ? standing(scene, FLEET_KEY, 'Many servers went at once')
      : null;
  const name = draft.get('servers', serverId)?.name ?? serverId;
  const offline = standing(scene, keyOf({ kind: 'server_offline', serverId, id: '' }), `${name} is offline`);
  if (offline !== null || kind !== 'restart_failed') return offline;
  return standing(scene, keyOf({ kind: 'service_down', serverId, id }), 'The service itself is down');
}

function standing(scene: Scene, key: string, reason: string): Cause | null {
  const subject = scene.draft.get('subjects', key);
  if (subject === null || subject.open === null || conditionOf(scene, subject) === null) return null;
  const { alert } = subject.open;
  return alert.state === 'pending' ? null : { alertId: alert.alert_id, reason: `${reason}.` };
}

interface Silenced {
  readonly by: OpenAlert['silencedBy'];
  readonly shown: Alert['silenced'];
}
const NOT_SILENCED: Silenced = { by: null, shown: null };

/** Who wants nobody to hear of it: a maintenance, or a silence; of several, the one that lasts longest. */
export function silencedBy({ draft, nowMs }: Scene, subject: Subject): Silenced {
  const server = subject.serverId === null ? null : draft.get('servers', subject.serverId);
  if (server !== null && isInMaintenance(server, nowMs)) {
    const { by, until, reason } = server.maintenance;
    return { by: 'maintenance', shown: { by, until, reason } };
  }
  const [longest] = draft
    .all('silences')
    .map(([, silence]) => silence)
    .filter((silence) => Date.parse(silence.until) > nowMs && isFor(silence, subject, server?.tags ?? []))
    .sort((a, b) => (a.until < b.until ? 1 : a.until > b.until ? -1 : a.silence_id - b.silence_id));
  if (longest === undefined) return NOT_SILENCED;
  const { silence_id, created_by: by, until, reason } = longest;
  return { by: silence_id, shown: { by, until, reason } };
}

const isFor = (
  silence: SilenceMemory,
  { kind, serverId, label }: Subject,
  tags: readonly string[],
): boolean =>
  (silence.server_id === null || silence.server_id === serverId) &&
  (silence.tag === null || tags.includes(silence.tag)) &&
  (silence.kind === null || silence.kind === kind) &&
  (silence.subject === null || silence.subject === label);
