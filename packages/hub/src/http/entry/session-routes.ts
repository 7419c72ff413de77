import { API_BASE, type BodyOf, type Session, api } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal, SessionOfCall } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import {
  authenticate,
  clearSessionCookie,
  hasKey,
  type SignedIn,
  sessionSecretOf,
  setSessionCookie,
} from './authentication.ts';
import type { OpenStreams } from './open-streams.ts';
import { permit, type Permitting } from './permit.ts';

interface Opened {
  readonly secret: string;
  readonly expiresAt: string;
}

interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

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
  hasTotp(userId: string): Promise<boolean>;
}

/** The routes that speak of cookies, and no others do. */
export const SESSION_ROUTES = [
  'setUp',
  'acceptInvitation',
  'signIn',
  'proveAgain',
  'whoAmI',
  'signOut',
] as const satisfies (keyof typeof api)[];

/** Every way to get a session, to prove oneself again, and to be rid of it. */
export function mountSession(app: FastifyInstance, parts: SessionParts): void {
  mountDoor(app, 'setUp', parts, (body, caller) => parts.setUp(body, caller));
  mountDoor(app, 'acceptInvitation', parts, (body, caller) => parts.acceptInvitation(body, caller));
  mountDoor(app, 'signIn', parts, (body, caller) => parts.signIn(body, caller));

  app.post(
    API_BASE + api.proveAgain.path,
    {
      schema: { body: api.proveAgain.body, response: { 200: api.proveAgain.response } },
      ...guard('proveAgain', parts),
    },
    async (request) => {
      const { principal, session } = await authenticate(request, parts);
      if (session === null)
        throw new Refusal('forbidden', 'A key proves itself each time: there is no session.');
      await parts.prove(principal, request.body as BodyOf<typeof api.proveAgain>, callerOf(request));
      const provedAt = await parts.recordProof(session.sessionId);
      return sessionAnswer(parts, principal, { ...session, provedAt });
    },
  );

  app.get(
    API_BASE + api.whoAmI.path,
    { schema: { response: { 200: api.whoAmI.response } }, ...guard('whoAmI', parts) },
    async (request, reply) => {
      const signedIn = await whoAsks(request, parts);
      if (signedIn) return sessionAnswer(parts, signedIn.principal, signedIn.session);
      clearSessionCookie(request, reply, parts);
      return nobody(parts);
    },
  );

  app.delete(API_BASE + api.signOut.path, guard('signOut', parts), async (request, reply) => {
    const { principal, session } = await authenticate(request, parts);
    if (session !== null) await parts.endSession(principal, session.sessionId);
    parts.streams.lookAtAll();
    clearSessionCookie(request, reply, parts);
    return reply.code(204).send();
  });
}

type Door = 'setUp' | 'acceptInvitation' | 'signIn';

/** A way to a session. Whoever had one in this browser has a new one: nobody goes on with what they came in with. */
function mountDoor<K extends Door>(
  app: FastifyInstance,
  name: K,
  parts: SessionParts,
  open: (body: BodyOf<(typeof api)[K]>, caller: Caller) => Promise<Opened>,
): void {
  const contract = api[name];
  app.post(
    API_BASE + contract.path,
    { schema: { body: contract.body, response: { 200: contract.response } }, ...guard(name, parts) },
    async (request: FastifyRequest, reply: FastifyReply) => {
      const session = await open(request.body as BodyOf<(typeof api)[K]>, callerOf(request));
      await endEarlier(request, parts);
      setSessionCookie(request, reply, parts, session);
      const found = await parts.sessionOf(session.secret);
      if (!found) throw new Refusal('unauthenticated', 'This right was taken away a moment ago.');
      return sessionAnswer(parts, found.principal, found);
    },
  );
}

const guard = (name: (typeof SESSION_ROUTES)[number], parts: Permitting) => ({
  onRequest: async (request: FastifyRequest) => void (await permit(request, name, parts)),
});

async function endEarlier(request: FastifyRequest, parts: SessionParts): Promise<void> {
  const secret = sessionSecretOf(request, parts);
  const earlier = secret === undefined ? null : await parts.sessionOf(secret);
  if (earlier !== null) await parts.endSession(earlier.principal, earlier.sessionId).catch(() => {});
}

const callerOf = (request: FastifyRequest): Caller => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
});

async function sessionAnswer(
  parts: SessionParts,
  { name, kind, userId, role, scopes }: Principal,
  session: SessionOfCall | null,
): Promise<Session> {
  const has_totp = kind === 'person' && userId !== null && (await parts.hasTotp(userId));
  return {
    principal: { name, kind, user_id: userId, role, scopes: [...scopes], has_totp },
    hub: { version: parts.version },
    expires_at: session?.expiresAt ?? null,
    proved_at: session?.provedAt ?? null,
    is_to_set_up: parts.isToSetUp(),
  };
}

const nobody = (parts: SessionParts): Session => ({
  ...{ principal: null, hub: null, expires_at: null, proved_at: null },
  is_to_set_up: parts.isToSetUp(),
});

/** Who asks, or `null` for someone without a key and without a session that is still open. @throws Refusal for a bad key */
async function whoAsks(request: FastifyRequest, parts: Permitting): Promise<SignedIn | null> {
  try {
    return await authenticate(request, parts);
  } catch (error) {
    const isNobody = error instanceof Refusal && error.code === 'unauthenticated' && !hasKey(request);
    if (isNobody) return null;
    throw error;
  }
}
