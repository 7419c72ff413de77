import { API_BASE, type BodyOf, api } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../lib/refusal.ts';
import { authenticate } from './authentication.ts';
import { originOf } from './origin.ts';
import { callerOf, enter, guard, type SessionParts, sessionAnswer } from './session-parts.ts';

/** The page to which the provider sends the browser; it hands on what came with it. */
const ANSWER_PAGE = '/sign-in/answer';
const COOKIE = 'homelabcmd_oidc';
const COOKIE_S = 600;

/** Signing in by a provider: the browser goes there and comes back, and only changes are asked for by POST. */
export function mountOidc(app: FastifyInstance, parts: SessionParts): void {
  const path = `${parts.basePath}/`;
  app.post(
    API_BASE + api.beginOidc.path,
    {
      schema: { body: api.beginOidc.body, response: { 200: api.beginOidc.response } },
      ...guard('beginOidc', parts),
    },
    async (request, reply) => {
      const { purpose } = request.body as BodyOf<typeof api.beginOidc>;
      const base = parts.publicUrl ?? originOf(request, parts) + parts.basePath;
      const { url, word } = await parts.beginOidc(base + ANSWER_PAGE, purpose);
      const isSecure = originOf(request, parts).startsWith('https:');
      // Lax, for the browser comes back from another site; it opens nothing by itself.
      reply.setCookie(COOKIE, word, {
        path,
        httpOnly: true,
        sameSite: 'lax',
        secure: isSecure,
        maxAge: COOKIE_S,
      });
      return { url };
    },
  );

  app.post(
    API_BASE + api.finishOidc.path,
    {
      schema: { body: api.finishOidc.body, response: { 200: api.finishOidc.response } },
      ...guard('finishOidc', parts),
    },
    async (request, reply) => {
      const { search } = request.body as BodyOf<typeof api.finishOidc>;
      const arrived = await parts.finishOidc(search, request.cookies[COOKIE], callerOf(request));
      reply.clearCookie(COOKIE, { path });
      if ('opened' in arrived) return enter(request, reply, parts, arrived.opened);
      return proved(request, parts, arrived.provedUserId);
    },
  );
}

async function proved(request: FastifyRequest, parts: SessionParts, userId: string) {
  const { principal, session } = await authenticate(request, parts);
  if (session === null || principal.id !== userId)
    throw new Refusal('unauthenticated', 'Somebody else has signed in there than is signed in here.');
  const provedAt = await parts.recordProof(session.sessionId);
  return sessionAnswer(request, parts, principal, { ...session, provedAt });
}
