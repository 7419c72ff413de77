import {
  type GuardedRoute,
  POLICY,
  type Proof,
  PROVED_WITHIN_MS,
  roleFor,
  type RoutePolicy,
} from '@homelabcmd/protocol';
import type { FastifyRequest } from 'fastify';
import { BOOTSTRAP_ID } from '../../access/keys.ts';
import type { Clock } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { authenticate, type Doorkeeper, refuseOtherSites, type SignedIn } from './authentication.ts';

export interface Permitting extends Doorkeeper {
  readonly clock: Clock;
}

/**
 * Whether this request may use a route, by the table of who may do what; before its body is read and before anything is
 * validated, so that a stranger learns nothing, not even what is wrong.
 * @returns who asks; `null` on a route that is open to anyone
 * @throws Refusal `unauthenticated`, `forbidden`, `proof_required`
 */
export async function permit(
  request: FastifyRequest,
  name: GuardedRoute,
  parts: Permitting,
): Promise<SignedIn | null> {
  refuseOtherSites(request, parts);
  const policy: RoutePolicy = POLICY.routes[name];
  if (policy.needs === 'anyone') return null;
  const signedIn = await authenticate(request, parts);
  const { principal } = signedIn;
  if (policy.needs !== 'signed_in' && !principal.scopes.includes(policy.needs))
    throw new Refusal(
      'forbidden',
      principal.kind === 'key'
        ? `The key ${principal.name} does not have the scope ${policy.needs}.`
        : `${principal.name} is ${article(principal.role ?? '')}; this takes ${article(roleFor(policy.needs))}.`,
    );
  if (policy.person && principal.kind !== 'person')
    throw new Refusal('forbidden', 'This is about the account of a person: sign in by name.');
  if (policy.proof) assertProved(signedIn, policy.proof, parts.clock);
  return signedIn;
}

const article = (role: string): string => (/^[aeo]/.test(role) ? `an ${role}` : `a ${role}`);

/** A key that is shown is a proof each time. @throws Refusal `proof_required` */
export function assertProved(
  { principal, session }: Pick<SignedIn, 'principal' | 'session'>,
  proof: Proof,
  clock: Clock,
): void {
  if (session === null || principal.id === BOOTSTRAP_ID) return;
  const agoMs = clock.nowMs() - Date.parse(session.provedAt);
  // A proof that lies ahead, after the clock was set back, is as good as an old one: it is asked for anew.
  if (agoMs >= 0 && agoMs < PROVED_WITHIN_MS[proof]) return;
  const sentence =
    proof === 'fresh'
      ? 'This needs a fresh proof that it is you.'
      : 'It is a while since you signed in. Prove that it is you.';
  throw new Refusal('proof_required', sentence, { proof });
}
