import { z } from 'zod';
import type { Assertion } from '../access/passkey.ts';
import { capped, Timestamp } from '../text.ts';
import { Asserted, CredentialId } from './approver-key.ts';

/** An approver's yes, as an order brings it: what the order itself does not say, and the passkey's signature over it all. */
export const ApprovalSeal = z.strictObject({
  requested_by: capped(255),
  requested_at: Timestamp,
  until: Timestamp,
  credential_id: CredentialId,
  ...Asserted.shape,
});
export type ApprovalSeal = z.infer<typeof ApprovalSeal>;

/** What a seal says that the order does not. */
export type SealTerms = Pick<ApprovalSeal, 'requested_by' | 'requested_at' | 'until'>;

/** The longest that an approval by a passkey can hold, by the agent's clock: whoever signs cannot be made to sign for years. */
export const MAX_SEAL_MS = 15 * 60_000;
/** How far the clocks of hub and server may be apart. */
export const SEAL_CLOCK_TOLERANCE_MS = 60_000;

/** The seal that comes of what the browser gave. It may not be one yet: parse it. */
export const sealOf = (
  { requested_by, requested_at, until }: SealTerms,
  { id, response }: Assertion,
): ApprovalSeal => ({
  ...{ requested_by, requested_at, until, credential_id: id },
  authenticator_data: response.authenticatorData,
  client_data: response.clientDataJSON,
  signature: response.signature,
});
