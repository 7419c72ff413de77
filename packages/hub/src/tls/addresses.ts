import { hostname } from 'node:os';
import { speaksTls, type TlsSettings } from './hub-tls.ts';
import { isLoopback } from '../lib/net/loopback.ts';
import { addressesHere } from './names.ts';

/** With these a hub listens on every address that its machine has. */
const LOOPBACK_OF: Partial<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * How a hub with these settings is reached: by people and servers, and by its own machine, which needs no encryption
 * where it can stay on loopback.
 */
export function addressesOf(
  config: Pick<TlsSettings, 'host' | 'tls'> & { readonly basePath: string },
  port: number,
): { readonly url: string; readonly localUrl: string } {
  const { host, basePath } = config;
  const address = (scheme: string, name: string) =>
    `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}${basePath}`;
  const loopback = LOOPBACK_OF[host] ?? (isLoopback(host) ? host : null);
  const shown = LOOPBACK_OF[host] === undefined ? host : (addressesHere()[0] ?? hostname());
  const url = address(speaksTls(config) ? 'https' : 'http', shown);
  return { url, localUrl: loopback === null ? url : address('http', loopback) };
}
