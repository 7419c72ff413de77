import type { Assertion, BodyOf, RequestOptions, Session, api } from '@homelabcmd/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passkeyHost } from '../../access/passkeys/site.ts';
import type { Principal, SessionOfCall } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sessionSecretOf, setSessionCookie } from './authentication.ts';
import { addressOf, originOf } from './origin.ts';
import type { OpenStreams } from './open-streams.ts';
import { permit, type Permitting } from './permit.ts';

export interface Opened {
  readonly secret: string;
  readonly expiresAt: string;
}

/** Somebody who is signed in, in one browser. */
interface Inside {
  readonly principal: Principal;
  readonly session: SessionOfCall;
}

export interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

type Means = NonNullable<Session['principal']>;

export interface SessionParts extends Permitting {
  readonly version: string;
  readonly streams: OpenStreams;
  isToSetUp(): boolean;
  signIn(body: BodyOf<typeof api.signIn>, caller: Caller): Promise<Opened>;
  setUp(body: BodyOf<typeof api.setUp>, caller: Caller): Promise<Opened>;
  acceptInvitation(body: BodyOf<typeof api.acceptInvitation>, caller: Caller): Promise<Opened>;
  /** @throws Refusal where whoever holds a session could not prove who they are */
  prove(principal: Principal, body: BodyOf<typeof api.proveAgain>, caller: Caller): Promise<void>;
  /** @returns when */
  recordProof(sessionId: string): Promise<string>;
  endSession(principal: Principal, sessionId: string): Promise<void>;
  /** @param host by which they came, where passkeys may be for it */
  meansOf(userId: string, host: string | null): Promise<Pick<Means, 'has_totp' | 'proves_by'>>;
  readonly oidcLabel: string | null;
  beginOidc(redirectUri: string, purpose: 'sign_in' | 'proof'): Promise<{ url: string; word: string }>;
  finishOidc(
    search: string,
    word: string | undefined,
    caller: Caller,
  ): Promise<{ readonly opened: Opened } | { readonly provedUserId: string }>;
  beginPasskeySignIn(origin: string, caller: Caller): Promise<RequestOptions>;
  finishPasskeySignIn(credential: Assertion, caller: Caller): Promise<Opened>;
  beginPasskeyProof(inside: Inside, origin: string): Promise<RequestOptions>;
  /** @returns when it was proved */
  finishPasskeyProof(inside: Inside, credential: Assertion, caller: Caller): Promise<string>;
}

/** The routes that speak of cookies, and no others do. */
export const SESSION_ROUTES = [
  'setUp',
  'acceptInvitation',
  'signIn',
  'beginOidc',
  'finishOidc',
  'beginPasskeySignIn',
  'finishPasskeySignIn',
  'beginPasskeyProof',
  'finishPasskeyProof',
  'proveAgain',
  'whoAmI',
  'signOut',
] as const satisfies (keyof typeof api)[];

/** Whoever had a session in this browser has a new one: nobody goes on with what they came in with. */
export async function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SessionParts,
  session: Opened,
): Promise<Session> {
  await endEarlier(request, parts);
  setSessionCookie(request, reply, parts, session);
  const found = await parts.sessionOf(session.secret);
  if (!found) throw new Refusal('unauthenticated', 'This right was taken away a moment ago.');
  return sessionAnswer(request, parts, found.principal, found);
}

export const guard = (name: (typeof SESSION_ROUTES)[number], parts: Permitting) => ({
  onRequest: async (request: FastifyRequest) => void (await permit(request, name, parts)),
});

async function endEarlier(request: FastifyRequest, parts: SessionParts): Promise<void> {
  const secret = sessionSecretOf(request, parts);
  const earlier = secret === undefined ? null : await parts.sessionOf(secret);
  if (earlier !== null) await parts.endSession(earlier.principal, earlier.sessionId).catch(() => {});
}

export const callerOf = (request: FastifyRequest): Caller => ({
  address: addressOf(request),
  userAgent: request.headers['user-agent'] ?? '',
});

export async function sessionAnswer(
  request: FastifyRequest,
  parts: SessionParts,
  { name, kind, userId, role, scopes }: Principal,
  session: SessionOfCall | null,
): Promise<Session> {
  const host = hostOf(request, parts);
  const means: Pick<Means, 'has_totp' | 'proves_by'> =
    kind === 'person' && userId !== null
      ? await parts.meansOf(userId, host)
      : { has_totp: false, proves_by: ['key'] };
  return {
    principal: { name, kind, user_id: userId, role, scopes: [...scopes], ...means },
    hub: { version: parts.version },
    expires_at: session?.expiresAt ?? null,
    proved_at: session?.provedAt ?? null,
    is_to_set_up: parts.isToSetUp(),
    oidc_label: parts.oidcLabel,
    passkey_host: host,
  };
}

const hostOf = (request: FastifyRequest, parts: SessionParts): string | null =>
  passkeyHost(originOf(request, parts), parts.publicUrl);

export const nobody = (request: FastifyRequest, parts: SessionParts): Session => ({
  ...{ principal: null, hub: null, expires_at: null, proved_at: null },
  is_to_set_up: parts.isToSetUp(),
  oidc_label: parts.oidcLabel,
  passkey_host: hostOf(request, parts),
});
