import type { ActionStatus } from '@homelabcmd/protocol';
import type { Name, Place, RowNow, ServiceNow } from './rig.ts';

/**
 * The life of an action in few words, apart from the product: what may come of it, by whose doing, and when something
 * must have come of it.
 *
 *   waits ──approve──► granted ──link──► out ──► ended
 *     └─ reject, cancel, 60 s ─► ended     └─ silence ─► doubt ─► ended
 *                granted ─ cancel, 20 s ─► ended
 */
export interface ModelAction {
  readonly actionId: number;
  readonly digest: string;
  readonly place: Place;
  readonly name: Name;
  readonly askedAtMs: number;
  /** What the hub had seen of the service when it was asked for. */
  readonly seen: ServiceNow;
  approvedAtMs: number | null;
  status: ActionStatus;
  isAskedBack: boolean;
  /** What people have done to it that the hub said yes to. */
  readonly deeds: Set<'approve' | 'reject' | 'cancel' | 'abandon'>;
  /** Something got in the way while its order was out, or it could not be sent at once: several ends are right. */
  isDisturbed: boolean;
  /** The service was at the approval as it was when it was asked for. */
  isAsSeen: boolean;
}

export interface ModelPlace {
  /** Since when hub and agent hear each other, or `null`. */
  linkedSinceMs: number | null;
  unlinkedSinceMs: number | null;
}

export interface Model {
  readonly actions: ModelAction[];
  readonly places: Record<Place, ModelPlace>;
  hubUpSinceMs: number | null;
  /** What the hub has been told of each service. */
  readonly seen: Map<string, ServiceNow>;
}

export const newModel = (seen: ReadonlyMap<string, ServiceNow>): Model => ({
  actions: [],
  places: {
    media: { linkedSinceMs: 0, unlinkedSinceMs: null },
    nas: { linkedSinceMs: 0, unlinkedSinceMs: null },
  },
  hubUpSinceMs: 0,
  seen: new Map(seen),
});

const OPEN: ReadonlySet<ActionStatus> = new Set([
  'pending',
  'approved',
  'dispatched',
  'executing',
  'unknown',
]);
const OUT: ReadonlySet<ActionStatus> = new Set(['dispatched', 'executing', 'unknown']);

export const isOpen = ({ status }: ModelAction): boolean => OPEN.has(status);
export const isOut = ({ status }: ModelAction): boolean => OUT.has(status);

export const openOn = (model: Model, place: Place, name: Name): ModelAction | undefined =>
  model.actions.find((one) => one.place === place && one.name === name && isOpen(one));

/** A press is answered so, by the state in which the action is. */
export function mayDecide(
  what: 'approve' | 'reject' | 'cancel' | 'abandon',
  { status, isAskedBack }: Pick<ModelAction, 'status' | 'isAskedBack'>,
): boolean {
  switch (what) {
    case 'approve':
    case 'reject':
      return status === 'pending';
    case 'cancel':
      return status === 'pending' || status === 'approved' || (status === 'dispatched' && !isAskedBack);
    case 'abandon':
      return status === 'unknown';
  }
}

const PENDING_MS = 60_000;
const APPROVED_MS = 20_000;
const LEASE_MS = 20_000;
/** Timers ring a little late, and a sweep that failed is tried again. */
const SLACK_MS = 2500;
/** After a start nothing is sent until every agent that was there is heard, or until this is over. */
const ROLL_CALL_MS = 10_000;
/** A restart of a service that behaves, with its settle time and all frames. */
const RESTART_MS = 4000;

/** What is wrong with what became of an action, or nothing. `waitedMs`: since the command before. */
export function wrongWith(model: Model, action: ModelAction, now: RowNow, nowMs: number): string | null {
  const before = action.status;
  if (before === now.status) return staysTooLong(model, action, nowMs);
  if (!OPEN.has(before)) return `it was ${before} for good, and is ${now.status}`;
  const { deeds } = action;
  const ageMs = nowMs - action.askedAtMs;
  switch (now.status) {
    case 'pending':
      return `it went back from ${before} to pending`;
    case 'rejected':
      return deeds.has('reject') ? null : 'nobody rejected it';
    case 'abandoned':
      return deeds.has('abandon') ? null : 'nobody abandoned it';
    case 'cancelled':
      return deeds.has('cancel') ? null : 'nobody cancelled it';
    case 'expired':
      if (OUT.has(before)) return 'it expired while its order was out';
      return deeds.has('approve')
        ? tooSoon('expired', nowMs - (action.approvedAtMs ?? nowMs), APPROVED_MS)
        : tooSoon('expired', ageMs, PENDING_MS);
    default:
      if (!deeds.has('approve')) return `it is ${now.status}, and nobody approved it`;
      if (OUT.has(before) && now.status === 'approved') return 'it went back to approved';
      return staysTooLong(model, { ...action, status: now.status }, nowMs) ?? wrongEnd(action, now.status);
  }
}

const tooSoon = (what: string, ageMs: number, leastMs: number): string | null =>
  ageMs >= leastMs ? null : `it ${what} after ${ageMs} ms`;

/** It was approved, and nothing got in the way: then there is one right end. */
export const hasOneRightEnd = ({ deeds, isDisturbed, isAskedBack }: ModelAction): boolean =>
  deeds.has('approve') && !deeds.has('cancel') && !isDisturbed && !isAskedBack;

function wrongEnd(action: ModelAction, status: ActionStatus): string | null {
  if (OPEN.has(status) || !hasOneRightEnd(action)) return null;
  const right = action.isAsSeen ? 'completed' : 'refused';
  return status === right ? null : `it is ${status}, and nothing kept it from being ${right}`;
}

/** Statuses in which nothing waits for ever. */
function staysTooLong(model: Model, action: ModelAction, nowMs: number): string | null {
  const since = (ms: number | null | undefined) => (ms === null || ms === undefined ? 0 : nowMs - ms);
  const hubUpMs = since(model.hubUpSinceMs);
  if (hubUpMs < SLACK_MS) return null;
  const place = model.places[action.place];
  const { status } = action;
  if (status === 'pending' && since(action.askedAtMs) > PENDING_MS + SLACK_MS) return 'it never expired';
  if (status === 'approved' && since(action.approvedAtMs) > APPROVED_MS + SLACK_MS)
    return 'it never expired, though it could not be sent';
  const calledMs = Math.min(since(place.linkedSinceMs), hubUpMs - ROLL_CALL_MS);
  if (status === 'approved' && calledMs > SLACK_MS) return 'it was not sent';
  const isAtWork = status === 'dispatched' || status === 'executing';
  const silentMs = Math.min(since(place.unlinkedSinceMs), since(action.approvedAtMs));
  if (isAtWork && silentMs > 2 * LEASE_MS + SLACK_MS) return 'nobody is heard, and it is not called unknown';
  const quietMs = Math.min(calledMs, since(action.approvedAtMs));
  if (isAtWork && !action.isDisturbed && quietMs > RESTART_MS) return `it stays ${status}`;
  return null;
}
