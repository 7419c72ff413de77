import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal, SessionOfCall } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Reader } from './open-streams.ts';
import { isOurs, originOf, type Reach } from './origin.ts';

/** The ways in, as the composition root gives them. */
export interface Doorkeeper extends Reach {
  principalOfKey(key: string): Promise<Principal | null>;
  sessionOf(secret: string): Promise<(SessionOfCall & { readonly principal: Principal }) | null>;
  lookAtKey(key: string): Promise<Principal | null>;
  lookAtSession(secret: string): Promise<Principal | null>;
}

export interface SignedIn {
  readonly principal: Principal;
  /** `null` for a program that shows its key. */
  readonly session: SessionOfCall | null;
  readonly reader: Reader;
}

/**
 * Who sends this request, by `X-API-Key`, by `Authorization: Bearer`, or by the session cookie.
 * @throws Refusal `unauthenticated`
 */
export async function authenticate(request: FastifyRequest, doorkeeper: Doorkeeper): Promise<SignedIn> {
  const key = keyOf(request);
  if (key !== null) {
    const principal = await doorkeeper.principalOfKey(key);
    if (!principal) throw new Refusal('unauthenticated', 'This API key is not valid.');
    return { principal, session: null, reader: () => doorkeeper.lookAtKey(key) };
  }
  const secret = sessionSecretOf(request, doorkeeper);
  if (secret === undefined) throw new Refusal('unauthenticated', 'Send an API key, or sign in.');
  const found = await doorkeeper.sessionOf(secret);
  if (!found) throw new Refusal('unauthenticated', 'The session is over. Sign in again.');
  const { principal, ...session } = found;
  return { principal, session, reader: () => doorkeeper.lookAtSession(secret) };
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

/**
 * A page of another site can make a browser send our cookie, or sign it in as somebody else; it cannot make it say that the
 * request is ours. Reading over sites is kept away by the browser itself, so this is about changes.
 * @throws Refusal `forbidden`
 */
export function refuseOtherSites(request: FastifyRequest, reach: Reach): void {
  if (request.method === 'GET' || request.method === 'HEAD' || hasKey(request)) return;
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && !isOurs(request, reach, origin));
  if (isForeign) throw new Refusal('forbidden', 'This request comes from a page of another site.');
}

const isOverTls = (request: FastifyRequest, reach: Reach): boolean =>
  originOf(request, reach).startsWith('https:');

/**
 * The prefixes bind a cookie to TLS, and the first one to this host and no path: no other site can have put it there. Browsers
 * take them over TLS alone; a hub below a path shares its host with others, so its cookie stays below that path.
 */
const cookieNames = ({ basePath }: Pick<Reach, 'basePath'>) => ({
  secure: basePath === '' ? '__Host-homelabcmd_session' : '__Secure-homelabcmd_session',
  plain: 'homelabcmd_session',
});

/** Anyone on the way may have set a cookie that came without TLS: where there is one that did not, it is not heard. */
export function sessionSecretOf(request: FastifyRequest, reach: Reach): string | undefined {
  const { secure, plain } = cookieNames(reach);
  return request.cookies[secure] ?? (isOverTls(request, reach) ? undefined : request.cookies[plain]);
}

/** The cookie goes back to the hub alone, and where it was given over TLS, only over TLS. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  reach: Reach,
  session: { secret: string; expiresAt: string },
): void {
  const isSecure = isOverTls(request, reach);
  const names = cookieNames(reach);
  reply.setCookie(isSecure ? names.secure : names.plain, session.secret, {
    path: `${reach.basePath}/`,
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    expires: new Date(session.expiresAt),
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, reach: Reach): void {
  const { secure, plain } = cookieNames(reach);
  const path = `${reach.basePath}/`;
  if (request.cookies[plain] !== undefined) reply.clearCookie(plain, { path });
  if (request.cookies[secure] !== undefined) reply.clearCookie(secure, { path, secure: true });
}
