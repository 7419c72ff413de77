import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isMetadata, isPublic } from './addresses.ts';

/** The hub does not ask there; the message says why, and holds nothing that came from there. */
export class NotPermitted extends Error {}

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const bySystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Without the brackets of IPv6 and the dot that ends a name. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

export const portOf = ({ protocol, port }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);

/** As somebody lists the host of an address: `host`, and `host:port`. */
function listedAs(url: URL): readonly string[] {
  const host = hostOf(url);
  const withPort = `${isIP(host) === 6 ? `[${host}]` : host}:${portOf(url)}`;
  return [host, withPort];
}

export const asListed = (url: string): string => listedAs(new URL(url))[1] ?? '';

export interface Permitted {
  readonly host: string;
  /** What is connected to, and nothing else, whatever the name means a moment later. */
  readonly addresses: readonly string[];
}

/**
 * Whether the hub may ask at an address, and where it then connects to: `https` on the internet, and `http` or a private network only
 * where an administrator has listed the host. The name is resolved here, once.
 * @throws NotPermitted; the resolver's error when the name has no address
 */
export async function permit(url: URL, listed: ReadonlySet<string>, resolve: Resolve): Promise<Permitted> {
  const names = listedAs(url);
  const host = hostOf(url);
  const isListed = names.some((name) => listed.has(name));
  const place = names[1] ?? host;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new NotPermitted(`The hub asks by https alone, not by ${url.protocol.slice(0, -1)}.`);
  if (url.username !== '' || url.password !== '')
    throw new NotPermitted('An address that the hub asks at holds no name and no password.');
  if (url.protocol === 'http:' && !isListed)
    throw new NotPermitted(`The hub asks ${place} in clear only where HOMELABCMD_OUTGOING_HOSTS lists it.`);
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (addresses.length === 0) throw new NotPermitted(`${place} has no address.`);
  // A list of names is not one of what they may come to mean: an address of secrets has to be listed itself.
  if (addresses.some((address) => isMetadata(address) && !listed.has(address)))
    throw new NotPermitted(
      `${place} is where a machine is told its own secrets, so the hub does not ask there.`,
    );
  if (!isListed && !addresses.every(isPublic))
    throw new NotPermitted(
      `${place} is not on the internet. If the hub is to ask there, list it in HOMELABCMD_OUTGOING_HOSTS.`,
    );
  return { host, addresses };
}
