import { z } from 'zod';
import { ServerId, Timestamp } from '../text.ts';
import { route } from './route.ts';

const Enrolment = z.object({
  server_id: ServerId,
  /** Shown this once. By it the agent proves that it may enrol, and knows this hub; it works once. */
  token: z.string(),
  expires_at: Timestamp,
  /** The line to paste on the server, with the token in it. */
  command: z.string(),
  /** A sentence when that line cannot work from another machine, with what to do; else `null`. */
  warning: z.string().nullable(),
});

export const enrolmentRoutes = {
  enrolServer: route({
    method: 'POST',
    path: '/servers/:server_id/enrolment',
    summary:
      'Make a one-time token with which the agent of this server can connect; the server is added if it is new',
    tag: 'enrolment',
    params: z.object({ server_id: ServerId }),
    body: z.strictObject({}).nullish(),
    status: 201,
    response: Enrolment,
    problems: [],
  }),
} as const;
