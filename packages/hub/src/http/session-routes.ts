import { API_BASE, type BodyOf, type Session, api } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf } from '../lib/secrets.ts';
import {
  authenticate,
  clearSessionCookie,
  type Doorkeeper,
  hasKey,
  SESSION_COOKIE,
  type SignedIn,
  setSessionCookie,
} from './authentication.ts';
import type { OpenStreams } from './open-streams.ts';

export interface SessionParts extends Doorkeeper {
  readonly version: string;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  openSession(principal: Principal): Promise<{ secret: string; expiresAt: string }>;
  closeSession(secret: string): Promise<void>;
}

const MOST_FAILURES = 10;
const FAILURES_WINDOW_MS = 60_000;

/** Sign-in, sign-out and «who am I»: the only routes that speak of cookies. */
export function mountSession(app: FastifyInstance, parts: SessionParts): void {
  const failures = new FailureCount(parts.clock);
  const sessionOf = ({ name, role }: Principal, expires_at: string | null): Session => ({
    principal: { name, role },
    hub: { version: parts.version },
    expires_at,
  });

  app.post(
    API_BASE + api.signIn.path,
    {
      schema: { body: api.signIn.body, response: { 200: api.signIn.response } },
    },
    async (request, reply) => {
      failures.refuseTooMany(request.ip);
      const { api_key } = request.body as BodyOf<typeof api.signIn>;
      const principal = await parts.principalOfKey(api_key.trim());
      if (!principal) {
        failures.add(request.ip);
        throw new Refusal('unauthenticated', 'This is not a key of this hub.');
      }
      const session = await parts.openSession(principal);
      setSessionCookie(request, reply, parts, session);
      return sessionOf(principal, session.expiresAt);
    },
  );

  app.get(
    API_BASE + api.whoAmI.path,
    {
      schema: { response: { 200: api.whoAmI.response } },
    },
    async (request, reply) => {
      const signedIn = await whoAsks(request, parts);
      if (signedIn) return sessionOf(signedIn.principal, signedIn.expiresAt);
      if (request.cookies[SESSION_COOKIE] !== undefined) clearSessionCookie(reply, parts);
      return NOBODY;
    },
  );

  app.delete(API_BASE + api.signOut.path, async (request, reply) => {
    await authenticate(request, parts);
    const secret = request.cookies[SESSION_COOKIE];
    if (secret !== undefined) {
      await parts.closeSession(secret);
      parts.streams.endSession(digestOf(secret));
    }
    clearSessionCookie(reply, parts);
    return reply.code(204).send();
  });
}

const NOBODY: Session = { principal: null, hub: null, expires_at: null };

/** Who asks, or `null` for someone without a key and without a session that is still open. @throws Refusal for a bad key */
async function whoAsks(request: FastifyRequest, parts: Doorkeeper): Promise<SignedIn | null> {
  try {
    return await authenticate(request, parts);
  } catch (error) {
    const isNobody = error instanceof Refusal && error.code === 'unauthenticated' && !hasKey(request);
    if (isNobody) return null;
    throw error;
  }
}

/** Wrong keys by address within a minute: guessing is made slow, signing in is not. */
class FailureCount {
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  refuseTooMany(address: string): void {
    const nowMs = this.#clock.nowMs();
    const recent = (this.#times.get(address) ?? []).filter((at) => nowMs - at < FAILURES_WINDOW_MS);
    if (recent.length === 0) this.#times.delete(address);
    else this.#times.set(address, recent);
    const freeing = recent.at(-MOST_FAILURES);
    if (freeing === undefined) return;
    throw new Refusal('too_many', 'Too many wrong keys from this address. Try again in a minute.', {
      retry_after_seconds: Math.max(1, Math.ceil((freeing + FAILURES_WINDOW_MS - nowMs) / 1000)),
    });
  }

  add(address: string): void {
    this.#times.set(address, [...(this.#times.get(address) ?? []), this.#clock.nowMs()]);
  }
}
