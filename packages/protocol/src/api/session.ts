import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { Nothing } from './paging.ts';
import { route } from './route.ts';

export const Session = z.object({
  /** `null`: nobody is signed in. */
  principal: z.object({ name: z.string(), role: z.enum(['admin']) }).nullable(),
  /** Told only to who is signed in. */
  hub: z.object({ version: z.string() }).nullable(),
  /** When the session ends; `null` for a program that shows its key each time, and for nobody. */
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
    summary: 'Who is signed in, if anybody; a key that is not valid is still a 401',
    tag: 'session',
    open: true,
    status: 200,
    response: Session,
    problems: ['unauthenticated'],
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
