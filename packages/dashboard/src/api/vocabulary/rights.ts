import type { ApiKey, Role, Scope } from '@homelabcmd/protocol';

interface Words {
  readonly name: string;
  /** What it may do, in one sentence. */
  readonly may: string;
}

export const ROLES: Record<Role, Words> = {
  viewer: { name: 'Viewer', may: 'Sees everything here, and changes nothing.' },
  operator: {
    name: 'Operator',
    may: 'Asks for restarts, takes back their own requests, and sets maintenance.',
  },
  approver: { name: 'Approver', may: 'Decides, too: approves, rejects, and freezes the fleet.' },
  admin: {
    name: 'Administrator',
    may: 'Does all of it, and says who may: people, keys, policies and servers.',
  },
};

export const SCOPES: Record<Scope, Words> = {
  read: { name: 'Look', may: 'Reads everything that the dashboard shows.' },
  request: { name: 'Ask', may: 'Asks for restarts, takes back its own requests, sets maintenance.' },
  approve: {
    name: 'Decide',
    may: 'Approves and rejects. Together with asking it restarts services without anybody else.',
  },
  admin: {
    name: 'Administer',
    may: 'Changes people, keys, policies and servers. Whoever holds it can give themselves all the rest.',
  },
};

/** What a key may do, in one line: `Look and ask`. */
export function scopeLine(scopes: readonly Scope[]): string {
  const words = scopes.map((scope) => SCOPES[scope].name.toLowerCase());
  const last = words.pop() ?? 'nothing';
  const line = words.length === 0 ? last : `${words.join(', ')} and ${last}`;
  return line.charAt(0).toUpperCase() + line.slice(1);
}

export const hasExpired = ({ expires_at }: Pick<ApiKey, 'expires_at'>, nowMs: number): boolean =>
  expires_at !== null && Date.parse(expires_at) <= nowMs;
