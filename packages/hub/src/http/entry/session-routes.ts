import { API_BASE, type BodyOf, api } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../lib/refusal.ts';
import { authenticate, clearSessionCookie, hasKey, type SignedIn } from './authentication.ts';
import { mountOidc } from './oidc-routes.ts';
import { mountPasskeys } from './passkey-routes.ts';
import type { Permitting } from './permit.ts';
import {
  type Caller,
  callerOf,
  enter,
  guard,
  nobody,
  type Opened,
  sessionAnswer,
  type SessionParts,
} from './session-parts.ts';

/** Every way to get a session, to prove oneself again, and to be rid of it. */
export function mountSession(app: FastifyInstance, parts: SessionParts): void {
  mountDoor(app, 'setUp', parts, (body, caller) => parts.setUp(body, caller));
  mountDoor(app, 'acceptInvitation', parts, (body, caller) => parts.acceptInvitation(body, caller));
  mountDoor(app, 'signIn', parts, (body, caller) => parts.signIn(body, caller));
  mountOidc(app, parts);
  mountPasskeys(app, parts);

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
      return sessionAnswer(request, parts, principal, { ...session, provedAt });
    },
  );

  app.get(
    API_BASE + api.whoAmI.path,
    { schema: { response: { 200: api.whoAmI.response } }, ...guard('whoAmI', parts) },
    async (request, reply) => {
      const signedIn = await whoAsks(request, parts);
      if (signedIn) return sessionAnswer(request, parts, signedIn.principal, signedIn.session);
      clearSessionCookie(request, reply, parts);
      return nobody(request, parts);
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

/** A way to a session. */
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
      return enter(request, reply, parts, session);
    },
  );
}

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
