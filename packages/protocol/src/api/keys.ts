import { z } from 'zod';
import { Timestamp } from '../text.ts';
import { listOf, Nothing, Paging } from './paging.ts';
import { route } from './route.ts';

/** An API key as it is listed: its secret was shown once, when it was made. */
export const ApiKey = z.object({
  key_id: z.string(),
  /** What its actions are signed with. */
  name: z.string(),
  created_at: Timestamp,
  created_by: z.string().nullable(),
  /** To the minute; `null` when it was never used. */
  last_used_at: Timestamp.nullable(),
  /** The key that the hub began with: it can be replaced on the hub's console, and not revoked here. */
  is_bootstrap: z.boolean(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** What people tell actions apart by: two names that look alike on a page are one name. */
const KeyName = z
  .string()
  .max(50)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]*( [A-Za-z0-9._@-]+)*$/,
    'Use 1 to 50 letters, digits and . _ @ -, starting with a letter or digit, with single spaces between words',
  );

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
    body: z.strictObject({ name: KeyName }),
    status: 201,
    response: z.object({ key: ApiKey, secret: z.string() }),
    problems: ['already_exists'],
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
