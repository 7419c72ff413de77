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

const KeyWish = z.object({
  server_id: ServerId,
  /** Since when it is wished. It is done when the audit has `agent.key_changed`. */
  asked_at: Timestamp,
  /** The agent is connected and has been told; otherwise it is when it connects. */
  told: z.boolean(),
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
  renewAgentKey: route({
    method: 'POST',
    path: '/servers/:server_id/agent-key',
    summary:
      'Have the agent of this server make itself a new key; the one that it has is worth nothing once the hub has the new one',
    tag: 'enrolment',
    params: z.object({ server_id: ServerId }),
    status: 200,
    response: KeyWish,
    problems: ['not_found', 'quarantined'],
  }),
} as const;
