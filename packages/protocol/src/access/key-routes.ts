import { z } from 'zod';
import { SignatureName } from './person.ts';
import { Scope } from './role.ts';
import { Timestamp } from '../text.ts';
import { listOf, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';

/** An API key as it is listed: its secret was shown once, when it was made. */
export const ApiKey = z.object({
  key_id: z.string(),
  /** What its actions are signed with. */
  name: z.string(),
  scopes: z.array(Scope),
  created_at: Timestamp,
  /** From then on it opens nothing; `null`: until it is revoked. */
  expires_at: Timestamp.nullable(),
  created_by: z.string().nullable(),
  /** To the minute; `null` when it was never used. */
  last_used_at: Timestamp.nullable(),
  /** The key that the hub began with: it can be replaced on the hub's console, and not revoked here. */
  is_bootstrap: z.boolean(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const keyRoutes = {
  listKeys: route({
    method: 'GET',
    path: '/keys',
    summary: 'List the API keys, without their secrets',
    tag: 'keys',
    query: Paging,
    status: 200,
    response: listOf('keys', ApiKey),
    problems: [],
  }),
  createKey: route({
    method: 'POST',
    path: '/keys',
    summary: 'Make an API key; its secret is in this answer and nowhere else',
    tag: 'keys',
    body: z.strictObject({
      name: SignatureName,
      /** Only what the one who makes it may do as well. */
      scopes: z
        .array(Scope)
        .min(1, 'Grant at least one scope')
        .max(4)
        .transform((scopes) => Scope.options.filter((scope) => scopes.includes(scope)))
        .default(['read', 'request']),
      expires_at: Timestamp.nullish(),
    }),
    status: 201,
    response: z.object({ key: ApiKey, secret: z.string() }),
    problems: ['already_exists', 'forbidden', 'invalid'],
  }),
  revokeKey: route({
    method: 'DELETE',
    path: '/keys/:key_id',
    summary: 'Revoke an API key and sign out every session that it opened',
    tag: 'keys',
    params: z.object({ key_id: z.string().max(100) }),
    status: 204,
    response: Nothing,
    problems: ['not_found', 'forbidden'],
  }),
} as const;
