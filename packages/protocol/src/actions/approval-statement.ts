import { z } from 'zod';
import { canonicalJson } from '../link/canonical-json.ts';
import { OrderId, Timestamp } from '../text.ts';
import { ApprovalSeal, type SealTerms } from './approval-seal.ts';
import { ActionKind, ActionVerb } from './kinds/registry.ts';
import { Expectation, type Order } from './order.ts';

/**
 * What an approver's passkey signs: all that was shown and that decides what runs, for one agent, until one moment. Hub,
 * page and agent each make it for themselves, and from what each of them knows.
 */
export const ApprovalStatement = z.strictObject({
  /** The public key of the agent that is to do it: the approval is worth nothing on another server. */
  agent: z.string(),
  /** By this id, which is claimed on disk, it runs once. */
  order_id: OrderId,
  action_id: z.int().positive(),
  /** Of the action, as the hub's record has it. */
  digest: z.string(),
  kind: ActionKind,
  target: z.string(),
  verb: ActionVerb,
  expect: Expectation.nullable(),
  requested_by: z.string(),
  requested_at: Timestamp,
  /** It does not begin after this. */
  until: Timestamp,
});
export type ApprovalStatement = z.infer<typeof ApprovalStatement>;

type Sealed = Pick<Order, 'order_id' | 'action_id' | 'digest' | 'kind' | 'target' | 'verb' | 'expect'>;

/** What has to be signed so that this agent carries out this order. */
export const statementOf = (agent: string, order: Sealed, terms: SealTerms): ApprovalStatement => ({
  agent,
  ...{ order_id: order.order_id, action_id: order.action_id, digest: order.digest },
  ...{ kind: order.kind, target: order.target, verb: order.verb },
  expect: order.expect,
  ...{ requested_by: terms.requested_by, requested_at: terms.requested_at, until: terms.until },
});

/** Nothing else that is signed anywhere in the product begins so. */
const PURPOSE = 'homelabcmd sealed approval 1\n';

/** The text whose SHA-256 an authenticator is asked to sign. */
export const textToSign = (statement: ApprovalStatement): string => PURPOSE + canonicalJson(statement);

/** An approval seal as it is kept for ever: with it anybody can check later that this key signed this. */
export const KeptSeal = z.object({
  statement: ApprovalStatement,
  seal: ApprovalSeal,
  key_name: z.string(),
  public_key: z.string(),
});
export type KeptSeal = z.infer<typeof KeptSeal>;
