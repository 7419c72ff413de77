import type { Scope } from '@homelabcmd/protocol';
import type { Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';

/** Nobody grants what they may not do themselves: it would be theirs a moment later. @throws Refusal `forbidden` */
export function assertMayGrant(principal: Principal, scopes: readonly Scope[]): void {
  const beyond = scopes.filter((scope) => !principal.scopes.includes(scope));
  if (beyond.length > 0)
    throw new Refusal(
      'forbidden',
      `${principal.name} may not do what this would grant: ${beyond.join(', ')}.`,
    );
}
