import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf } from '../lib/secrets.ts';
import type { Reader } from './open-streams.ts';
import { isOurs, originOf, type Reach } from './origin.ts';

/** The ways in, as the composition root gives them. */
export interface Doorkeeper extends Reach {
  principalOfKey(key: string): Promise<Principal | null>;
  principalOfSession(secret: string): Promise<{ principal: Principal; expiresAt: string } | null>;
}

export interface SignedIn {
  readonly principal: Principal;
  /** When a session ends; `null` for a key. */
  readonly expiresAt: string | null;
  readonly reader: Reader;
}

export const SESSION_COOKIE = 'homelabcmd_session';

/**
 * Who sends this request, by `X-API-Key`, by `Authorization: Bearer`, or by the session cookie.
 * @throws Refusal `unauthenticated`; `forbidden` for a change that another site's page asks for with our cookie
 */
export async function authenticate(request: FastifyRequest, doorkeeper: Doorkeeper): Promise<SignedIn> {
  const key = keyOf(request);
  if (key !== null) {
    const principal = await doorkeeper.principalOfKey(key);
    if (!principal) throw new Refusal('unauthenticated', 'This API key is not valid.');
    return { principal, expiresAt: null, reader: { keyId: principal.keyId, sessionDigest: null } };
  }
  const secret = request.cookies[SESSION_COOKIE];
  if (secret === undefined) throw new Refusal('unauthenticated', 'Send an API key, or sign in.');
  refuseOtherSites(request, doorkeeper);
  const session = await doorkeeper.principalOfSession(secret);
  if (!session) throw new Refusal('unauthenticated', 'The session is over. Sign in again.');
  return { ...session, reader: { keyId: session.principal.keyId, sessionDigest: digestOf(secret) } };
}

/** A key was shown, good or bad. */
export const hasKey = (request: FastifyRequest): boolean => keyOf(request) !== null;

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['x-api-key'];
  if (typeof header === 'string') return textOf(header);
  const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '');
  return bearer?.[1] === undefined ? null : textOf(bearer[1]);
}

/** Node reads the bytes of a header as Latin-1; a key is a text, and its bytes are UTF-8. */
const textOf = (header: string): string => Buffer.from(header, 'latin1').toString('utf8');

/** A page of another site can make a browser send our cookie; it cannot make it say that the request is ours. */
function refuseOtherSites(request: FastifyRequest, reach: Reach): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && !isOurs(request, reach, origin));
  const isChange = request.method !== 'GET' && request.method !== 'HEAD';
  if (isForeign && isChange)
    throw new Refusal('forbidden', 'This request comes from a page of another site.');
}

/** The cookie goes back to the hub alone, and where it was given over TLS, only over TLS. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  reach: Reach,
  session: { secret: string; expiresAt: string },
): void {
  reply.setCookie(SESSION_COOKIE, session.secret, {
    path: `${reach.basePath}/`,
    httpOnly: true,
    sameSite: 'strict',
    secure: originOf(request, reach).startsWith('https:'),
    expires: new Date(session.expiresAt),
  });
}

export function clearSessionCookie(reply: FastifyReply, { basePath }: Reach): void {
  reply.clearCookie(SESSION_COOKIE, { path: `${basePath}/` });
}
