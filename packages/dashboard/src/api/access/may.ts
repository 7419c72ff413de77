import {
  type GuardedRoute,
  ROUTE_POLICY,
  type RoutePolicy,
  type Session,
  roleFor,
} from '@homelabcmd/protocol';
import { createContext, use } from 'react';
import { useActingOff } from '../live/use-stream.ts';
import { ROLE_WORDS } from '../vocabulary/role.ts';

type Principal = NonNullable<Session['principal']>;

/** Whoever is signed in; `null` where nobody is. */
export const PrincipalContext = createContext<Principal | null>(null);

export interface About {
  /** It is about something that somebody else began. */
  readonly isForeign?: boolean;
}

/** Why a route is not for them, by the hub's own table, or `null`. */
export function whyNot(principal: Principal | null, name: GuardedRoute, about: About = {}): string | null {
  if (principal === null) return 'Nobody is signed in';
  const { needs, foreign, person }: RoutePolicy = ROUTE_POLICY[name];
  if (person && principal.kind !== 'person') return 'Sign in by name: a key has no account';
  const wanted = [needs, about.isForeign ? foreign : undefined];
  for (const scope of wanted) {
    if (scope === undefined || scope === 'anyone' || scope === 'signed_in') continue;
    if (!principal.scopes.includes(scope)) return lacking(principal, ROLE_WORDS[roleFor(scope)]);
  }
  return null;
}

const lacking = ({ role, name }: Principal, wanted: string): string =>
  role === null
    ? `It takes ${wanted}: the key ${name} does not have that scope`
    : `It takes ${wanted}: you are ${ROLE_WORDS[role]}`;

/** Why whoever is signed in may not, or `null`. */
export const useNotAllowed = (name: GuardedRoute, about?: About): string | null =>
  whyNot(use(PrincipalContext), name, about);

/** Whether whoever is signed in may use a route. What they may not is not offered to them. */
export const useMay = (name: GuardedRoute, about?: About): boolean => useNotAllowed(name, about) === null;

/** The same for several at once. */
export function useMayAny(): (name: GuardedRoute) => boolean {
  const principal = use(PrincipalContext);
  return (name) => whyNot(principal, name) === null;
}

/** Why a route cannot be used now, or `null`: it is not allowed, or there is no hub. */
export function useOff(name: GuardedRoute, about?: About): string | null {
  const actingOff = useActingOff();
  return useNotAllowed(name, about) ?? actingOff;
}
