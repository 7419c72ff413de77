import { hostname } from 'node:os';
import { speaksTls, type TlsSettings } from './hub-tls.ts';
import { isLoopback } from '../lib/net/loopback.ts';
import { addressesHere } from './names.ts';

/** With these a hub listens on every address that its machine has. */
const LOOPBACK_OF: Partial<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * How a hub with these settings is reached: by people and servers, and by its own machine, which needs no encryption
 * where it can stay on loopback. A certificate that a person brings is for names, and seldom for the address.
 */
export function addressesOf(
  config: Pick<TlsSettings, 'host' | 'tls' | 'publicUrl'> & { readonly basePath: string },
  port: number,
): { readonly url: string; readonly localUrl: string } {
  const { host, basePath, tls, publicUrl } = config;
  const address = (scheme: string, name: string) =>
    `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}${basePath}`;
  const loopback = LOOPBACK_OF[host] ?? (isLoopback(host) ? host : null);
  const shown = LOOPBACK_OF[host] === undefined ? host : (addressesHere()[0] ?? hostname());
  const own = address(speaksTls(config) ? 'https' : 'http', shown);
  const url = tls === null ? own : (publicUrl ?? own);
  return { url, localUrl: loopback === null ? url : address('http', loopback) };
}
