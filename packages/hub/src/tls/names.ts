import { isIP, isIPv4 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { hostOf, isLoopback } from '../lib/net/loopback.ts';

/** A host name as certificates and browsers know them; an underscore is in none, though people give such names. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/i;

/**
 * By what this machine is likely to be called, before anybody has said so: its host name, alone and in `.local`; the addresses
 * on which the hub listens; and what means the machine itself. Of an address of IPv6 nobody knows whether it is there tomorrow
 * (RFC 8981): a certificate that went after them would be another one each day, and browsers would ask each day.
 */
export function ownNames(host: string, publicUrl: string | null): readonly string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const own = hostname().toLowerCase();
  const called = publicUrl === null ? [] : [hostOf(publicUrl)];
  const names = [...called, own, `${own.split('.')[0]}.local`, 'localhost', '127.0.0.1', '::1'];
  return [...new Set([...names, ...(isEverywhere ? addressesHere().filter(isIPv4) : [host])])].filter(isName);
}

/** The addresses at which others may reach this machine, those of IPv4 first. */
export function addressesHere(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .filter((address) => !isLoopback(address))
    .toSorted((a, b) => isIP(a) - isIP(b));
}

const isName = (name: string): boolean => isIP(name) !== 0 || HOST_NAME.test(name);
