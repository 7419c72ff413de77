import { isIP } from 'node:net';
import { Refusal } from '../../lib/refusal.ts';

/** Where a passkey is made and used: browsers bind it to the one and write the other into what is signed. */
export interface Site {
  /** The host name alone: `hub.example.org`. */
  readonly rpId: string;
  /** With scheme and port, as browsers write it. */
  readonly origin: string;
}

/**
 * The host name that passkeys are for: that of the address which the hub was told, or else the one by which it was asked.
 * `null` for an IP address: no browser makes a passkey for one.
 */
export function passkeyHost(origin: string, publicUrl: string | null): string | null {
  const hostname = URL.parse(publicUrl ?? origin)?.hostname ?? '';
  return hostname === '' || isIP(hostname.replaceAll(/^\[|\]$/g, '')) !== 0 ? null : hostname;
}

/** @throws Refusal `not_found` where there can be none */
export function siteOf(origin: string, publicUrl: string | null): Site {
  const rpId = passkeyHost(origin, publicUrl);
  if (rpId === null)
    throw new Refusal(
      'not_found',
      'Passkeys work on a host name, not on an address: open this hub by its name, or set HOMELABCMD_PUBLIC_URL.',
    );
  return { rpId, origin: new URL(publicUrl ?? origin).origin };
}
