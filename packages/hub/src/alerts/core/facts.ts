import type { EventData, EventType, LiveEvent } from '@homelabcmd/protocol';
import type { StoredEvent } from '../../events/log.ts';

/** The events that an alert can come of, or whose story they are. */
const KINDS = [
  'server.created',
  'server.changed',
  'server.deleted',
  'service.changed',
  'service.removed',
  'action.requested',
  'action.approved',
  'action.rejected',
  'action.cancelled',
  'action.expired',
  'action.dispatched',
  'action.completed',
  'action.failed',
  'action.refused',
  'action.unknown',
  'action.abandoned',
  'notification.delivered',
  'notification.failed',
] as const satisfies EventType[];
type Kind = (typeof KINDS)[number];
const TAKEN: ReadonlySet<string> = new Set(KINDS);

/** An event of the log, read. */
export type Fact = {
  [K in Kind]: {
    readonly id: number;
    readonly atMs: number;
    readonly at: string;
    readonly serverId: string;
    readonly actor: string;
    readonly type: K;
    readonly data: EventData<K>;
  };
}[Kind];

/** `null`: no alert has to do with it. */
export function factOf(event: StoredEvent): Fact | null {
  if (!TAKEN.has(event.type)) return null;
  const { id, at, type, serverId, actor, dataJson } = event;
  const data = JSON.parse(dataJson) as LiveEvent['data'];
  return { id, at, atMs: Date.parse(at), type, serverId, actor, data } as Fact;
}

type ActionFact = Extract<Fact, { data: { action: unknown } }>;
export const isOfAction = (fact: Fact): fact is ActionFact => fact.type.startsWith('action.');
