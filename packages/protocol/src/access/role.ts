import { z } from 'zod';

/** What can be granted. None of them includes another: a key that may approve need not be able to ask. */
export const Scope = z.enum(['read', 'request', 'approve', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** What a person may do. Each role may do what the one before it may. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin']);
export type Role = z.infer<typeof Role>;

/** What each role is granted: viewers look, operators ask, approvers decide, administrators change who may. */
export const SCOPES_OF_ROLE = {
  viewer: ['read'],
  operator: ['read', 'request'],
  approver: ['read', 'request', 'approve'],
  admin: ['read', 'request', 'approve', 'admin'],
} as const satisfies Record<Role, readonly Scope[]>;

/** The least role that is granted a scope. */
export const roleFor = (scope: Scope): Role =>
  Role.options.find((role) => SCOPES_OF_ROLE[role].some((granted) => granted === scope)) ?? 'admin';
