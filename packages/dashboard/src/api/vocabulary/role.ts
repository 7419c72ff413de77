import type { Role } from '@homelabcmd/protocol';

/** What a role is called, with its article. */
export const ROLE_WORDS: Record<Role, string> = {
  viewer: 'a viewer',
  operator: 'an operator',
  approver: 'an approver',
  admin: 'an administrator',
};
