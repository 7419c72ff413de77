import { API_BASE, type BodyOf, api } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../lib/refusal.ts';
import { authenticate } from './authentication.ts';
import { originOf } from './origin.ts';
import { callerOf, enter, guard, type SessionParts, sessionAnswer } from './session-parts.ts';

/** Signing in by a passkey, and proving oneself by one. */
export function mountPasskeys(app: FastifyInstance, parts: SessionParts): void {
  app.post(
    API_BASE + api.beginPasskeySignIn.path,
    { ...schemaOf('beginPasskeySignIn'), ...guard('beginPasskeySignIn', parts) },
    (request) => parts.beginPasskeySignIn(originOf(request, parts), callerOf(request)),
  );

  app.post(
    API_BASE + api.finishPasskeySignIn.path,
    { ...schemaOf('finishPasskeySignIn'), ...guard('finishPasskeySignIn', parts) },
    async (request, reply) => {
      const { credential } = request.body as BodyOf<typeof api.finishPasskeySignIn>;
      const opened = await parts.finishPasskeySignIn(credential, callerOf(request));
      return enter(request, reply, parts, opened);
    },
  );

  app.post(
    API_BASE + api.beginPasskeyProof.path,
    { ...schemaOf('beginPasskeyProof'), ...guard('beginPasskeyProof', parts) },
    async (request) => parts.beginPasskeyProof(await inside(request, parts), originOf(request, parts)),
  );

  app.post(
    API_BASE + api.finishPasskeyProof.path,
    { ...schemaOf('finishPasskeyProof'), ...guard('finishPasskeyProof', parts) },
    async (request) => {
      const { credential } = request.body as BodyOf<typeof api.finishPasskeyProof>;
      const { principal, session } = await inside(request, parts);
      const provedAt = await parts.finishPasskeyProof({ principal, session }, credential, callerOf(request));
      return sessionAnswer(request, parts, principal, { ...session, provedAt });
    },
  );
}

type Name = 'beginPasskeySignIn' | 'finishPasskeySignIn' | 'beginPasskeyProof' | 'finishPasskeyProof';

const schemaOf = (name: Name) => ({
  schema: { body: api[name].body, response: { 200: api[name].response } },
});

async function inside(request: FastifyRequest, parts: SessionParts) {
  const { principal, session } = await authenticate(request, parts);
  if (session === null) throw new Refusal('forbidden', 'A key proves itself each time: there is no session.');
  return { principal, session };
}
