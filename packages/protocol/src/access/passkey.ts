import { z } from 'zod';
import { Timestamp } from '../text.ts';

/** What a person calls a passkey, to tell it from their others. */
export const PasskeyName = z.string().trim().min(1).max(50);

/** At most so many for each person: more than anybody has devices. */
export const MAX_PASSKEYS = 10;

/** A key in a person's device or password manager, by which they sign in and prove themselves. */
export const Passkey = z.object({
  passkey_id: z.string(),
  name: z.string(),
  /** The host name that it is for. It opens this hub there and nowhere else. */
  rp_id: z.string(),
  credential_id: z.string(),
  /** The public half, in the form in which a sealed server takes it; `null` for a kind that no server takes. */
  approver_key: z.string().nullable(),
  /** It is kept by a password manager or in a cloud, and is on more than one device. */
  is_synced: z.boolean(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
});
export type Passkey = z.infer<typeof Passkey>;

const base64url = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/, 'This is not base64url');
const CredentialId = base64url(1400);

const Descriptor = z.object({
  type: z.literal('public-key'),
  id: z.string(),
  transports: z.array(z.string()).optional(),
});

/** `PublicKeyCredentialCreationOptionsJSON`: what the browser makes a passkey with. */
export const CreationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int(),
  attestation: z.literal('none'),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
  excludeCredentials: z.array(Descriptor),
});
export type CreationOptions = z.infer<typeof CreationOptions>;

/** `PublicKeyCredentialRequestOptionsJSON`: what the browser asks a passkey with. */
export const RequestOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
  /** Without any, the person chooses from all that they have for this host. */
  allowCredentials: z.array(Descriptor),
});
export type RequestOptions = z.infer<typeof RequestOptions>;

/** `RegistrationResponseJSON`, as much of it as is looked at. */
export const NewCredential = z.object({
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(16_384),
    transports: z.array(z.string().max(30)).max(10).optional(),
  }),
});
export type NewCredential = z.infer<typeof NewCredential>;

/** `AuthenticationResponseJSON`, as much of it as is looked at. */
export const Assertion = z.object({
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    signature: base64url(4096),
    userHandle: base64url(100).nullish(),
  }),
});
export type Assertion = z.infer<typeof Assertion>;
