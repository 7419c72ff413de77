import { z } from 'zod';
import { Probe } from '../probe.ts';
import { StateClass } from '../service.ts';
import { ActionKind, ActionVerb } from './kinds/registry.ts';
import { capped, OrderId, Timestamp } from '../text.ts';
import { ApprovalSeal } from './approval-seal.ts';

/** What the approver saw, and what must still be so when the order is carried out. */
export const Expectation = z.strictObject({
  state_class: StateClass,
  boot_id: capped(64),
  /** Binding only where the service was running: a crash loop and a start by systemd change it by themselves. */
  invocation_id: capped(64),
});
export type Expectation = z.infer<typeof Expectation>;

/** A hub is set up with no more than this, and one that says more would keep a service to itself. */
export const SETTLE_MAX_MS = 600_000;

/** One approved action as it goes to the agent. The same order may arrive many times; it runs at most once. */
export const Order = z.strictObject({
  order_id: OrderId,
  action_id: z.int().positive(),
  /** Of what was approved; the hub's signature over the order covers it. */
  digest: capped(64),
  kind: ActionKind,
  target: z.string().max(300),
  verb: ActionVerb,
  /** `null`: the hub had never seen the service, so there was nothing to expect. */
  expect: Expectation.nullable(),
  /** Counted by the agent's own monotonic clock from arrival; older than that, it does not start. */
  ttl_ms: z.int().positive(),
  /** How long the service must stay up to count as restarted. No other order gets at it meanwhile. */
  settle_ms: z.int().nonnegative().max(SETTLE_MAX_MS),
  /** With a probe, the service must also answer before the order counts as completed. */
  probe: Probe.nullable().default(null),
  /**
   * A policy approved it, and no person. Sent only when it is so: an agent that does not know the word yet carries out what
   * people have approved, and nothing else.
   */
  automatic: z.literal(true).optional(),
  /** An approver's passkey has signed it. Sent only to a server that root has sealed: it carries out nothing without. */
  approval_seal: ApprovalSeal.optional(),
});
export type Order = z.infer<typeof Order>;

/** The agent has asked the probe of an order for at most this long after the settle time; then there is a result. */
export const PROBE_CHECK_MAX_MS = 60_000;

/** Why an order was not carried out. A refused order did not run and never will. */
export const RefusalCode = z.enum([
  'invalid_unit_name',
  'unit_not_found',
  'not_allowed',
  'monitor_only',
  'lockout_guard',
  'precondition_failed',
  'duplicate_target',
  'ttl_expired',
  'never_started',
  'no_systemd',
  'executor_unavailable',
  'journal_error',
  'unsupported_order',
  'rate_limited',
  'systemd_at_it',
  'not_sealed',
  'bad_seal',
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** A service's state at one moment, for the comparison of before and after. */
export const ServiceSnapshot = z.strictObject({
  status: z.string().max(32),
  active_state: capped(64),
  sub_state: capped(64),
  result: capped(64),
  pid: z.int().nonnegative().nullable(),
  invocation_id: capped(64),
  restarts: z.int().nonnegative(),
  memory_bytes: z.number().nonnegative().nullable(),
  at: Timestamp,
});
export type ServiceSnapshot = z.infer<typeof ServiceSnapshot>;

/** How an order ended, with the evidence. */
export const OrderResult = z.strictObject({
  outcome: z.enum(['completed', 'failed', 'refused', 'unknown']),
  /** For `refused` a RefusalCode; for `failed` systemd's own word (`exit-code`, `start-limit-hit`, …), `flapped` or `not-answering`. */
  code: capped(64).nullable(),
  /** One sentence for a person. */
  detail: capped(500),
  exit_code: z.int().nullable(),
  /** What systemctl printed. */
  output: capped(16_384),
  before: ServiceSnapshot.nullable(),
  after: ServiceSnapshot.nullable(),
  /** How long systemctl took. */
  ran_ms: z.number().nonnegative().nullable(),
  /** From the order's arrival at the agent to this result. */
  elapsed_ms: z.number().nonnegative().nullable(),
  /** What the unit wrote to the journal since the order. */
  journal: z.array(z.strictObject({ at: Timestamp, identifier: capped(256), message: capped(2048) })).max(50),
});
export type OrderResult = z.infer<typeof OrderResult>;

/**
 * Steps that an agent reports while it works.
 * `started`: the order is claimed on disk and systemctl is about to run. `systemctl_done`: it returned.
 * `verifying`: the service is up; its settle time runs.
 */
export const OrderStep = z.enum(['started', 'systemctl_done', 'verifying']);
export type OrderStep = z.infer<typeof OrderStep>;
