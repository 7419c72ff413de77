import { z } from 'zod';
import { AuditEntry, AuditHead, HeldHead, MAX_HEADS } from '../audit.ts';
import { ServerId } from '../text.ts';
import { route } from './route.ts';

const EntryNumber = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** What the agent of one server says that it was shown. */
export const Witness = z.object({
  server_id: ServerId,
  /**
   * `answered`: `heads` are what it keeps, which may be nothing. `offline`: there is no connection to ask through.
   * `silent`: it was asked and did not answer in time. `keeps_none`: its version knows nothing of heads.
   */
  status: z.enum(['answered', 'offline', 'silent', 'keeps_none']),
  heads: z.array(HeldHead),
  /** How many it keeps; more than `heads` when only the newest were told. */
  total: z.int().nonnegative(),
});
export type Witness = z.infer<typeof Witness>;

export const auditRoutes = {
  listAudit: route({
    method: 'GET',
    path: '/audit',
    summary: 'List the entries of the audit, newest first',
    tag: 'audit',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      /** Entries before this one: `next_cursor` of the answer before. */
      cursor: EntryNumber.optional(),
      server_id: z.string().max(255).optional(),
      action_id: EntryNumber.optional(),
      actor: z.string().max(255).optional(),
      verb: z.string().max(100).optional(),
    }),
    status: 200,
    response: z.object({
      entries: z.array(AuditEntry),
      /** Give it as `cursor` for the entries that follow; `null` when these are the last. */
      next_cursor: z.int().nullable(),
    }),
    problems: [],
  }),
  listWitnesses: route({
    method: 'GET',
    path: '/audit/witnesses',
    summary: 'Ask every connected agent which heads of the audit it keeps',
    tag: 'audit',
    query: z.object({ limit: z.coerce.number().int().min(1).max(MAX_HEADS).default(100) }),
    status: 200,
    response: z.object({
      /** The newest entry when they were asked. */
      head: AuditHead,
      witnesses: z.array(Witness),
    }),
    problems: [],
  }),
} as const;
