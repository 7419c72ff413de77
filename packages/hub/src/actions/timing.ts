/** How long an action may wait in each status, and how long a restarted service must stay up. */
export interface ActionTiming {
  /** A request that nobody decides expires: long enough that a night's request is there in the morning. */
  readonly pendingTtlMs: number;
  /** An approval that could not be delivered expires. */
  readonly approvedTtlMs: number;
  /** The agent does not start an order that is older than this, by its own clock from arrival. */
  readonly orderTtlMs: number;
  /** No answer from the agent for this long after the order went out: the outcome is unknown. */
  readonly dispatchedLeaseMs: number;
  /** No further word for this long after it began: the outcome is unknown. */
  readonly executingLeaseMs: number;
  readonly settleMs: number;
}
