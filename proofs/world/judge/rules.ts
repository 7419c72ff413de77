import type { ActionStatus } from '@homelabcmd/protocol';

/**
 * The life of an action as the promise about restarts has it. Written down here once more, apart from the product's own
 * table: a mistake made there is not made here.
 */
export const LEGAL: Record<ActionStatus, readonly ActionStatus[]> = {
  pending: ['approved', 'rejected', 'cancelled', 'expired'],
  approved: ['dispatched', 'cancelled', 'expired', 'unknown'],
  dispatched: ['executing', 'refused', 'cancelled', 'unknown'],
  executing: ['completed', 'failed', 'unknown'],
  unknown: ['completed', 'failed', 'refused', 'abandoned'],
  rejected: [],
  cancelled: [],
  expired: [],
  refused: [],
  completed: [],
  failed: [],
  abandoned: [],
};

/** How often the restart can have run. */
export const RUNS: Record<ActionStatus, readonly number[]> = {
  pending: [0],
  approved: [0],
  rejected: [0],
  cancelled: [0],
  expired: [0],
  refused: [0],
  dispatched: [0, 1],
  executing: [0, 1],
  unknown: [0, 1],
  abandoned: [0, 1],
  completed: [1],
  failed: [1],
};

/** Statuses in which a run may begin: the order is out, or nobody waits for it any more. */
export const MAY_RUN: ReadonlySet<string> = new Set(['dispatched', 'executing', 'unknown', 'abandoned']);
