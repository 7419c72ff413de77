import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { hostOf, isLoopback } from '../lib/net/loopback.ts';

/** A host name as certificates and browsers know them; an underscore is in none, though people give such names. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/i;

/**
 * By what this machine is likely to be called, before anybody has said so: its host name, alone and in `.local`; the addresses
 * on which the hub listens; and what means the machine itself.
 */
export function ownNames(host: string, publicUrl: string | null): readonly string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const own = hostname().toLowerCase();
  const called = publicUrl === null ? [] : [hostOf(publicUrl)];
  const names = [...called, own, `${own.split('.')[0]}.local`, 'localhost', '127.0.0.1', '::1'];
  return [...new Set([...names, ...(isEverywhere ? addressesHere() : [host])])].filter(isName);
}

/** The addresses at which others may reach this machine, those of its own networks first. */
export function addressesHere(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .filter((address) => !isLoopback(address));
}

const isName = (name: string): boolean => isIP(name) !== 0 || HOST_NAME.test(name);
