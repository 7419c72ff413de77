import { z } from 'zod';
import { ServerId, ServiceName, Timestamp } from '../text.ts';
import { Why } from '../why.ts';
import { AlsoRestarts } from '../service.ts';
import { ActionStatus } from './status.ts';
import { ActionKind, ActionVerb } from './kinds/registry.ts';
import { KeptSeal } from './approval-statement.ts';
import { Expectation, OrderResult } from './order.ts';

/** One entry of an action's time line: a change of status, or a step within `executing`. */
export const ActionStep = z.object({
  /** A status, or `cancel_requested`, `systemctl_done` or `verifying`. */
  step: z.string(),
  /** By the hub's clock: when the hub wrote it down. */
  at: Timestamp,
  actor: z.string(),
  detail: z.string(),
  /** By the agent's monotonic clock, since the order reached it; `null` for the hub's own steps. */
  elapsed_ms: z.number().nullable(),
});
export type ActionStep = z.infer<typeof ActionStep>;

/** How often restarts of this service ran in the last hour, and where people are warned and stopped. */
export const RestartBudget = z.object({
  ran_last_hour: z.int().nonnegative(),
  warn_at: z.int().positive(),
  limit: z.int().positive(),
});

/** One request to change something on one server, whole. */
export const Action = z.object({
  action_id: z.int().positive(),
  order_id: z.string(),
  action_type: ActionKind,
  server_id: ServerId,
  service_name: ServiceName,
  target: z.string(),
  /** For people to read; nothing ever runs this text. */
  command: z.string(),
  verb: ActionVerb,
  status: ActionStatus,
  /** Grows with each transition; an older copy never replaces a newer one. */
  version: z.int().nonnegative(),
  /** Id of the event that brought this state; a larger one is newer. */
  revision: z.int(),
  digest: z.string(),
  expect: Expectation.nullable(),
  created_at: Timestamp,
  created_by: z.string(),
  /** While pending or approved: when it expires by itself. */
  expires_at: Timestamp.nullable(),
  approved_at: Timestamp.nullable(),
  approved_by: z.string().nullable(),
  /** The one who asked is the one who approved. */
  self_approved: z.boolean(),
  /** What an approver's passkey has signed; absent where none has, as on a server that is not sealed. */
  approval_seal: KeptSeal.optional(),
  /** Who rejected, cancelled or abandoned it, and the reason given. */
  decided_by: z.string().nullable(),
  reason: z.string().nullable(),
  /** Who asked to take it back when the order was out; it is `cancelled` only if the agent proves that it never began. */
  cancel_requested_by: z.string().nullable(),
  finished_at: Timestamp.nullable(),
  result: OrderResult.nullable(),
  /** Why the service was down when the restart was asked for. */
  why: Why.nullable(),
  also_restarts: z.array(AlsoRestarts),
  budget: RestartBudget,
  /** While executing: when the settle time began, or `null`. */
  verifying_since: Timestamp.nullable(),
  settle_ms: z.int(),
  steps: z.array(ActionStep),
});
export type Action = z.infer<typeof Action>;
