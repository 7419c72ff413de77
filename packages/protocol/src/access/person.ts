import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { Role } from './role.ts';

/** What people tell actions apart by: two names that look alike on a page are one name. */
export const SignatureName = z
  .string()
  .max(50)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]*( [A-Za-z0-9._@-]+)*$/,
    'Use 1 to 50 letters, digits and . _ @ -, starting with a letter or digit, with single spaces between words',
  );

/** Long rather than odd: length is what makes guessing hopeless. */
export const LEAST_PASSWORD = 12;
export const Password = z
  .string()
  .min(LEAST_PASSWORD, `Use at least ${LEAST_PASSWORD} characters: a few words are good`)
  .max(200, 'Use at most 200 characters');

/** The six digits that an authenticator shows. */
export const TotpCode = z
  .string()
  .trim()
  .regex(/^\d{3} ?\d{3}$/, 'Type the six digits that your authenticator shows')
  .transform((code) => code.replace(' ', ''));

/** Somebody who signs in by name. */
export const User = z.object({
  user_id: z.string(),
  /** What their actions are signed with. */
  name: z.string(),
  role: Role,
  /**
   * `invited`: has yet to choose a password. `active`: may sign in. `disabled`: may not, and nothing of theirs is open.
   */
  status: z.enum(['invited', 'active', 'disabled']),
  /** By what they can sign in; nothing while they are invited. */
  signs_in_by: z.array(z.enum(['password', 'passkey', 'oidc'])),
  /** Their password takes a code of an authenticator too. */
  has_totp: z.boolean(),
  created_at: Timestamp,
  created_by: z.string(),
  last_signed_in_at: Timestamp.nullable(),
});
export type User = z.infer<typeof User>;

/** One sign-in that is still open. */
export const OpenSession = z.object({
  session_id: z.string(),
  /** Whose: a person's name, or the name of the key that was shown. */
  principal_name: z.string(),
  user_id: z.string().nullable(),
  /** The one that asks. */
  is_current: z.boolean(),
  created_at: Timestamp,
  /** To the minute. */
  last_used_at: Timestamp,
  expires_at: Timestamp,
  /** Where it was opened from. */
  address: z.string(),
  /** What its browser says that it is. */
  user_agent: z.string(),
});
export type OpenSession = z.infer<typeof OpenSession>;
