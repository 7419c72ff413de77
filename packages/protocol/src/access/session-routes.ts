import { z } from 'zod';
import { Password, SignatureName, TotpCode } from './person.ts';
import { Role, Scope } from './role.ts';
import { Timestamp } from '../text.ts';
import { Nothing } from '../api/paging.ts';
import { route } from '../api/route.ts';

export const Session = z.object({
  /** `null`: nobody is signed in. */
  principal: z
    .object({
      name: z.string(),
      kind: z.enum(['person', 'key']),
      user_id: z.string().nullable(),
      /** `null` for a key: it has scopes of its own. */
      role: Role.nullable(),
      scopes: z.array(Scope),
      has_totp: z.boolean(),
      /** What they can prove themselves by again: a passkey, a password, the provider that they signed in with, or a key. */
      proves_by: z.array(z.enum(['passkey', 'password', 'oidc', 'key'])),
    })
    .nullable(),
  /** Told only to who is signed in. */
  hub: z.object({ version: z.string() }).nullable(),
  /** When the session ends; `null` for a program that shows its key each time, and for nobody. */
  expires_at: Timestamp.nullable(),
  /** When whoever is signed in last proved who they are; `null` for a key that is shown each time, and for nobody. */
  proved_at: Timestamp.nullable(),
  /** Nobody has an account yet: the hub's console shows the token with which the first one is made. */
  is_to_set_up: z.boolean(),
  /** What the button says that leads to the provider of a single sign-on; `null` where there is none. */
  oidc_label: z.string().nullable(),
  /** The host name that passkeys are for here; `null` where the hub is reached by an address, which none can be for. */
  passkey_host: z.string().nullable(),
});
export type Session = z.infer<typeof Session>;

/** How people prove who they are: a name and a password, with a code where they use an authenticator; or a key. */
const ByName = z.strictObject({
  name: z.string().trim().min(1).max(50),
  password: z.string().min(1).max(200),
  totp_code: TotpCode.optional(),
});
const ByKey = z.strictObject({ api_key: z.string().min(1).max(500) });
const ByPassword = z.strictObject({
  password: z.string().min(1).max(200),
  totp_code: TotpCode.optional(),
});
const Token = z.string().trim().min(1).max(200);

export const sessionRoutes = {
  setUp: route({
    method: 'POST',
    path: '/setup',
    summary: 'Make the first account, with the one-time token of the console; gone once there is one',
    tag: 'session',
    body: z.strictObject({ token: Token, name: SignatureName, password: Password }),
    status: 200,
    response: Session,
    problems: ['not_found', 'unauthenticated', 'already_exists', 'too_many'],
  }),
  acceptInvitation: route({
    method: 'POST',
    path: '/invitation',
    summary: 'Choose a password, with the token of an invitation; answers a session cookie',
    tag: 'session',
    body: z.strictObject({ token: Token, password: Password }),
    status: 200,
    response: Session,
    problems: ['unauthenticated', 'too_many'],
  }),
  signIn: route({
    method: 'POST',
    path: '/session',
    summary: 'Sign in with name and password, or with an API key; answers a session cookie',
    tag: 'session',
    body: z.union([ByName, ByKey]),
    status: 200,
    response: Session,
    problems: ['unauthenticated', 'totp_required', 'too_many'],
  }),
  beginOidc: route({
    method: 'POST',
    path: '/session/oidc',
    summary: 'Begin to sign in with the provider of the single sign-on, or to prove oneself there again',
    tag: 'session',
    body: z.strictObject({ purpose: z.enum(['sign_in', 'proof']).default('sign_in') }),
    status: 200,
    response: z.object({
      /** Where to send the browser. */
      url: z.string(),
    }),
    problems: ['not_found', 'unavailable', 'too_many'],
  }),
  finishOidc: route({
    method: 'POST',
    path: '/session/oidc/answer',
    summary: 'Finish it with what the provider sent back; answers a session cookie',
    tag: 'session',
    body: z.strictObject({
      /** All that stands behind the question mark of the address to which the provider has sent the browser. */
      search: z.string().min(1).max(8000),
    }),
    status: 200,
    response: Session,
    problems: ['not_found', 'unauthenticated', 'already_exists', 'unavailable', 'too_many'],
  }),
  proveAgain: route({
    method: 'POST',
    path: '/session/proof',
    summary: 'Prove again who is signed in, for what needs a fresh proof',
    tag: 'session',
    body: z.union([ByPassword, ByKey]),
    status: 200,
    response: Session,
    problems: ['forbidden', 'totp_required', 'too_many'],
  }),
  whoAmI: route({
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in, if anybody; a key that is not valid is still a 401',
    tag: 'session',
    status: 200,
    response: Session,
    problems: ['unauthenticated'],
  }),
  signOut: route({
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out',
    tag: 'session',
    status: 204,
    response: Nothing,
    problems: [],
  }),
} as const;
