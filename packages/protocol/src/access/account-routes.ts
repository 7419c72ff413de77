import { z } from 'zod';
import { OpenSession, Password, TotpCode } from './person.ts';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';

/** What people see to of their own account, and of what they have open; no first page asks for it. */
export const accountRoutes = {
  listSessions: route({
    method: 'GET',
    path: '/sessions',
    summary: 'List the sessions that are open: your own, or for an administrator all of them',
    tag: 'session',
    query: Paging.extend({ whose: z.enum(['mine', 'all']).default('mine') }),
    status: 200,
    response: listOf('sessions', OpenSession),
    problems: ['forbidden'],
  }),
  endSession: route({
    method: 'DELETE',
    path: '/sessions/:session_id',
    summary: 'Sign a session out; what it has open is closed',
    tag: 'session',
    params: z.object({ session_id: z.string().max(100) }),
    status: 204,
    response: Nothing,
    problems: ['not_found', 'forbidden'],
  }),
  endOtherSessions: route({
    method: 'DELETE',
    path: '/sessions',
    summary: 'Sign all of your other sessions out',
    tag: 'session',
    status: 204,
    response: Nothing,
    problems: [],
  }),
  changePassword: route({
    method: 'PUT',
    path: '/account/password',
    summary: 'Change your password; your other sessions are signed out',
    tag: 'session',
    body: z.strictObject({ password: Password }),
    status: 204,
    response: Nothing,
    problems: [],
  }),
  beginTotp: route({
    method: 'POST',
    path: '/account/totp',
    summary: 'Make a secret for an authenticator; it counts once it was confirmed',
    tag: 'session',
    body: NoBody,
    status: 200,
    response: z.object({
      /** To be typed, in Base32; shown this once. */
      secret: z.string(),
      /** To be scanned. */
      uri: z.string(),
    }),
    problems: [],
  }),
  confirmTotp: route({
    method: 'PUT',
    path: '/account/totp',
    summary: 'Show the first code of the authenticator: from now on signing in takes one',
    tag: 'session',
    body: z.strictObject({ totp_code: TotpCode }),
    status: 204,
    response: Nothing,
    problems: ['forbidden', 'not_found'],
  }),
  removeTotp: route({
    method: 'DELETE',
    path: '/account/totp',
    summary: 'Sign in without an authenticator again',
    tag: 'session',
    status: 204,
    response: Nothing,
    problems: [],
  }),
} as const;
