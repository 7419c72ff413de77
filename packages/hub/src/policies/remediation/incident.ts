import { ASKED_TO_END, type Service, findingOf, isDown, isTrouble, unitOfTarget } from '@homelabcmd/protocol';
import { REMEDIATION } from '../limits.ts';

/**
 * What automation is doing about one service that is down.
 *
 *   down ─► waiting ─due─► acting (an action is open) ─over─┬─ down ─► waiting, longer each time
 *             │ ▲                                          └─ well ─► resting
 *             │ └───────────── down again ──────────────────────────────┘ │
 *             └─well─► over, or resting when it had been tried             └─ well for an hour ─► over
 *   down after the third try, or a person said no ─► stopped ─well─► resting
 *
 * A try is a new action each time; nothing here repeats an order.
 */
export interface Incident {
  readonly state: 'waiting' | 'acting' | 'resting' | 'stopped';
  readonly tries: number;
  /** While waiting: the next try. While resting: the end. */
  readonly dueMs: number | null;
  readonly actionId: number | null;
  readonly reason: string | null;
}

export interface Seen {
  readonly nowMs: number;
  readonly isDown: boolean;
  readonly waitMs: number;
  /** While acting: what became of the action. */
  readonly action: 'open' | 'over' | 'declined';
}

/** The incident as it should be, given what is seen; `null` for none. The very same object when nothing changes. */
export function nextIncident(incident: Incident | null, seen: Seen): Incident | null {
  if (incident === null) return seen.isDown ? waiting(0, seen.nowMs + seen.waitMs) : null;
  switch (incident.state) {
    case 'waiting':
      if (seen.isDown) return incident;
      return incident.tries === 0 ? null : resting(incident, seen);
    case 'acting':
      if (seen.action === 'open') return incident;
      if (seen.action === 'declined') return stopped(incident, 'A person said no.');
      return seen.isDown ? again(incident, seen) : resting(incident, seen);
    case 'resting':
      if (seen.isDown) return again(incident, seen);
      return incident.dueMs !== null && incident.dueMs <= seen.nowMs ? null : incident;
    case 'stopped':
      return seen.isDown ? incident : resting(incident, seen);
  }
}

/** One more try has been made: with an action, or in shadow without one. */
export function tried(incident: Incident, actionId: number | null, nowMs: number): Incident {
  const tries = incident.tries + 1;
  const state = { ...incident, tries, actionId: null };
  return actionId === null ? again(state, { nowMs }) : { ...state, state: 'acting', dueMs: null, actionId };
}

/** A guard holds the next try back. */
export const held = (incident: Incident, nowMs: number): Incident => ({
  ...incident,
  dueMs: nowMs + REMEDIATION.heldMs,
});

const waiting = (tries: number, dueMs: number): Incident => ({
  ...{ state: 'waiting', tries, dueMs },
  ...{ actionId: null, reason: null },
});

const resting = (incident: Incident, { nowMs }: Pick<Seen, 'nowMs'>): Incident => ({
  ...incident,
  ...{ state: 'resting', dueMs: nowMs + REMEDIATION.restMs, actionId: null, reason: null },
});

function again(incident: Incident, { nowMs }: Pick<Seen, 'nowMs'>): Incident {
  if (incident.tries >= REMEDIATION.tries)
    return stopped(incident, `It is down again after ${REMEDIATION.tries} tries.`);
  const backoffMs = REMEDIATION.backoffMs[Math.max(0, incident.tries - 1)] ?? REMEDIATION.restMs;
  return waiting(incident.tries, nowMs + backoffMs);
}

const stopped = (incident: Incident, reason: string): Incident => ({
  ...incident,
  ...{ state: 'stopped', dueMs: null, actionId: null, reason },
});

const NO_FAULT = ['', 'success', 'exec-condition'];

/**
 * Whether a service is down by a fault, and nobody is at it: not one that ended cleanly, as one does that a person has
 * stopped, and not one that systemd itself is about to start again.
 */
export function isDownByFault(service: Service): boolean {
  const { why } = service;
  if (!service.expected || !service.enabled || service.stale || !isDown(service.status)) return false;
  // A timer or a socket cannot be restarted by us.
  if (unitOfTarget(service.target) === null || !isTrouble(findingOf(service))) return false;
  if (service.state_class === 'crash_loop' || why?.will_retry === true) return false;
  if (why !== null && ASKED_TO_END.includes(why.exit_code ?? 0)) return false;
  return service.status === 'failed' || (why !== null && !NO_FAULT.includes(why.result));
}
