import { z } from 'zod';
import { SignatureName, User } from './person.ts';
import { Role } from './role.ts';
import { Timestamp } from '../text.ts';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';

const UserParams = z.object({ user_id: z.string().max(100) });

/** What lets a person choose a password: shown this once, to be handed to them. */
const Invited = z.object({ user: User, token: z.string(), expires_at: Timestamp });

export const userRoutes = {
  listUsers: route({
    method: 'GET',
    path: '/users',
    summary: 'List the people who may sign in, by name',
    tag: 'people',
    query: Paging,
    status: 200,
    response: listOf('users', User),
    problems: [],
  }),
  createUser: route({
    method: 'POST',
    path: '/users',
    summary: 'Add a person; the answer has the token with which they choose a password',
    tag: 'people',
    body: z.strictObject({ name: SignatureName, role: Role }),
    status: 201,
    response: Invited,
    problems: ['already_exists', 'forbidden'],
  }),
  changeUser: route({
    method: 'PATCH',
    path: '/users/:user_id',
    summary: 'Change the role of a person, or disable them; what they have open is closed',
    tag: 'people',
    params: UserParams,
    body: z.strictObject({ role: Role.optional(), is_disabled: z.boolean().optional() }),
    status: 200,
    response: User,
    problems: ['not_found', 'last_admin', 'forbidden'],
  }),
  inviteUser: route({
    method: 'POST',
    path: '/users/:user_id/invitation',
    summary:
      'Let a person choose a new password: the one that they have, their passkeys, authenticator and sessions end',
    tag: 'people',
    params: UserParams,
    body: NoBody,
    status: 200,
    response: Invited,
    problems: ['not_found', 'last_admin', 'forbidden'],
  }),
  deleteUser: route({
    method: 'DELETE',
    path: '/users/:user_id',
    summary: 'Remove a person with their keys and sessions; what they did stays on the record',
    tag: 'people',
    params: UserParams,
    status: 204,
    response: Nothing,
    problems: ['not_found', 'last_admin', 'forbidden'],
  }),
} as const;
