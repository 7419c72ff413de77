const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Every figure that holds automation back. People have their own limit, in `actions/rows.ts`; and each server has its
 * own again, in its root-owned file of limits, which this hub cannot change.
 */
export const AUTOMATION_LIMITS = {
  /** Two runs of one service are at least this far apart. */
  spacingMs: MINUTE_MS,
  perServiceAndHour: 3,
  perServiceAndDay: 6,
  perServerAndHour: 6,
  /** Until one automatic action has completed within this time, there is one alone in the whole fleet. */
  canaryFreshMs: HOUR_MS,
  /** After that, this part of the servers at once, and at least one. */
  shareAtOnce: 0.1,
  /** So many servers that turned unhealthy within the window mean that the cause is not on the servers. */
  sickServers: 5,
  /** Or this part of them, where it is two or more. */
  sickShare: 0.4,
  leastSickServers: 2,
  sickWindowMs: 5 * MINUTE_MS,
  /** A policy approves what was asked for this long ago at most; what is older is left to a person. */
  decidesWithinMs: 5 * MINUTE_MS,
  hourMs: HOUR_MS,
  dayMs: DAY_MS,
} as const;

/** How automation tries again when a service that it had restarted is down again. */
export const REMEDIATION = {
  /** After the first try, and after the second. There is no fourth. */
  backoffMs: [2 * MINUTE_MS, 10 * MINUTE_MS],
  tries: 3,
  /** So long without being down ends the incident: then the tries begin anew. */
  restMs: HOUR_MS,
  /** How long to wait when a guard holds the next try back, before it is looked at again. */
  heldMs: MINUTE_MS,
} as const;
