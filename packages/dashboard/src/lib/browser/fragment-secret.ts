import { useSyncExternalStore } from 'react';
import { BASE_PATH } from './base-path.ts';

/** What stood behind the `#` of an address: a token that works once, and whom it is for. */
export interface FragmentSecret {
  readonly token: string;
  readonly name: string | null;
}

/** The pages that are opened by such an address. */
export type FragmentPath = '/setup' | '/invitation';

const kept = new Map<FragmentPath, FragmentSecret>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps a token for the page at a path, in memory alone: what stays in the address bar is seen, and kept, by others. */
export function keepFragment(path: FragmentPath, fragment: string): void {
  const parts = new URLSearchParams(`token=${fragment}`);
  kept.set(path, { token: parts.get('token') ?? '', name: parts.get('name') });
  for (const listener of listeners) listener();
}

/** The token for a page; also when its address is opened anew while the page is there. */
export const useFragment = (path: FragmentPath): FragmentSecret | null =>
  useSyncExternalStore(subscribe, () => kept.get(path) ?? null);

/** It was used. The page that it opened is about to go, and is told nothing. */
export const dropFragment = (path: FragmentPath): void => void kept.delete(path);

/** The address to hand to somebody who was invited. Their name goes along, so that the page can greet them. */
export const invitationLink = (token: string, name: string): string =>
  `${location.origin}${BASE_PATH}/invitation#${token}&name=${encodeURIComponent(name)}`;
