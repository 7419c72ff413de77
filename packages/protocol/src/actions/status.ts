import { z } from 'zod';

/**
 * The life of an action.
 *
 *                  ┌─ reject ──► rejected•
 *  request ► pending┼─ cancel ──► cancelled•
 *                  ├─ timeout ─► expired•
 *                  └─ approve ─► approved ┬─ cancel ──► cancelled•
 *                                         ├─ timeout ─► expired•
 *                                         ├─ the hub's store was set back ─► unknown
 *                                         └─ send ────► dispatched ┬─ agent says no ─► refused•
 *                                                                  ├─ cancel, and the agent ─► cancelled•
 *                                                                  │  proves that it never began
 *                                                                  ├─ agent starts ──► executing ┬─► completed•
 *                                                                  │                             ├─► failed•
 *                                                                  └─ contact lost ──► unknown ◄─┘
 *  unknown ── evidence from the agent ──► completed• | failed• | refused•
 *  unknown ── a person, with a note ────► abandoned•
 *
 *  • = final. How often the service can have been restarted by it:
 *    pending, approved, rejected, cancelled, expired, refused: never.
 *    dispatched, executing, unknown, abandoned: at most once.  completed, failed: once.
 *
 * Nothing leads back to `approved`, and nothing runs an action a second time.
 */
export const ActionStatus = z.enum([
  'pending',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'dispatched',
  'executing',
  'completed',
  'failed',
  'refused',
  'unknown',
  'abandoned',
]);
export type ActionStatus = z.infer<typeof ActionStatus>;

/** Every legal step; the store holds the same table and refuses any other pair. */
export const NEXT_STATUSES: Record<ActionStatus, readonly ActionStatus[]> = {
  pending: ['approved', 'rejected', 'cancelled', 'expired'],
  approved: ['dispatched', 'cancelled', 'expired', 'unknown'],
  dispatched: ['executing', 'refused', 'cancelled', 'unknown'],
  executing: ['completed', 'failed', 'unknown'],
  unknown: ['completed', 'failed', 'refused', 'abandoned'],
  rejected: [],
  cancelled: [],
  expired: [],
  completed: [],
  failed: [],
  refused: [],
  abandoned: [],
};

/** While an action is in one of these, no second one for the same target can be made. */
export const OPEN_STATUSES = ['pending', 'approved', 'dispatched', 'executing', 'unknown'] as const;

/** An order for it may be on its way to, or at work on, the server. */
export const ORDER_OUT_STATUSES = ['dispatched', 'executing', 'unknown'] as const;

export const isOpen = (status: ActionStatus): boolean =>
  (OPEN_STATUSES as readonly ActionStatus[]).includes(status);

export const isFinal = (status: ActionStatus): boolean => NEXT_STATUSES[status].length === 0;
