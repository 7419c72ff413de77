import type { FastifyRequest } from 'fastify';

/** What the person who runs the hub has said about how it is reached. */
export interface Reach {
  /** With the base path: `https://home.example.org/homelab`. */
  readonly publicUrl: string | null;
  /** Empty, or where the hub lives on its host: `/homelab`. */
  readonly basePath: string;
}

/**
 * How the sender of this request reaches the hub: `https://hub.example.org`. A browser says it itself, also behind a
 * proxy that speaks TLS for us; another site's word does not count.
 */
export function originOf(request: FastifyRequest, reach: Reach): string {
  const { origin } = request.headers;
  if (origin !== undefined && isOurs(request, reach, origin)) return new URL(origin).origin;
  return `${request.protocol}://${request.host}`;
}

/** A page of this origin is one of our own: of the host that was asked, or of the address that we were told. */
export function isOurs(request: FastifyRequest, { publicUrl }: Reach, origin: string): boolean {
  const said = URL.parse(origin);
  if (said === null) return false;
  return said.host === request.host || (publicUrl !== null && said.origin === new URL(publicUrl).origin);
}

/**
 * The IP address of who asks: behind a proxy that is not listed, the proxy's own. IPv4 is written as IPv4. Who has gone meanwhile has
 * none any more.
 */
export const addressOf = ({ ip }: { readonly ip: string | undefined }): string =>
  ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '?';
