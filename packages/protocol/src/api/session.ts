import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { Nothing } from './paging.ts';
import { route } from './route.ts';

export const Session = z.object({
  principal: z.object({ name: z.string(), role: z.enum(['admin']) }),
  hub: z.object({ version: z.string() }),
  /** When the session ends; `null` for a program that shows its key each time. */
  expires_at: Timestamp.nullable(),
});
export type Session = z.infer<typeof Session>;

export const sessionRoutes = {
  signIn: route({
    method: 'POST',
    path: '/session',
    summary: 'Sign in with an API key; answers a session cookie',
    tag: 'session',
    open: true,
    body: z.strictObject({ api_key: z.string().min(1).max(500) }),
    status: 200,
    response: Session,
    problems: ['unauthenticated', 'too_many'],
  }),
  whoAmI: route({
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    tag: 'session',
    status: 200,
    response: Session,
    problems: [],
  }),
  signOut: route({
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out',
    tag: 'session',
    status: 204,
    response: Nothing,
    problems: [],
  }),
} as const;
