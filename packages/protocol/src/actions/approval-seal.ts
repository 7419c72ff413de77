import { z } from 'zod';
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

/** What the browser gives for a passkey that has signed (`AuthenticationResponseJSON`). */
export const PasskeyAssertion = z.strictObject({
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: capped(32).nullish(),
  clientExtensionResults: z.record(capped(64), z.unknown()).default({}),
  response: z.strictObject({
    clientDataJSON: Asserted.shape.client_data,
    authenticatorData: Asserted.shape.authenticator_data,
    signature: Asserted.shape.signature,
    userHandle: capped(128).nullish(),
  }),
});
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;

/** The seal that comes of what the browser gave. */
export const sealOf = (
  { requested_by, requested_at, until }: SealTerms,
  { id, response }: PasskeyAssertion,
): ApprovalSeal => ({
  ...{ requested_by, requested_at, until, credential_id: id },
  authenticator_data: response.authenticatorData,
  client_data: response.clientDataJSON,
  signature: response.signature,
});
