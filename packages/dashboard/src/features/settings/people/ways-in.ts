import type { User } from '@homelabcmd/protocol';
import { NO_READING } from '../../../lib/units.ts';

const WAYS = { password: 'password', passkey: 'passkey', oidc: 'single sign-on' } as const;

/** By what somebody signs in: `Password or passkey`. */
export function waysIn({ signs_in_by: ways, has_totp }: Pick<User, 'signs_in_by' | 'has_totp'>): string {
  if (ways.length === 0) return NO_READING;
  if (ways.length === 1 && ways[0] === 'password')
    return has_totp ? 'With an authenticator' : 'Password alone';
  const words = ways.map((way) => (way === 'password' && has_totp ? 'password with a code' : WAYS[way]));
  const sentence = words.join(' or ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
