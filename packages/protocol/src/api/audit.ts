import { z } from 'zod';
import { AuditEntry, AuditHead, HeldHead, MAX_HEADS } from '../audit.ts';
import { ServerId, Timestamp } from '../text.ts';
import { NoBody } from './paging.ts';
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

/** A day in UTC, or a moment; entries are compared with it as text. */
const Moment = z.union([Timestamp, z.iso.date().transform((day) => `${day}T00:00:00.000Z`)]);

const Filters = z.object({
  server_id: z.string().max(255).optional(),
  action_id: EntryNumber.optional(),
  actor: z.string().max(255).optional(),
  /** A verb, or several with commas between them; `key.*` is every verb that begins with `key.`. */
  verb: z
    .string()
    .max(500)
    .transform((text) => text.split(','))
    .optional(),
  /** Entries from this moment on, or from the beginning of this day in UTC. */
  since: Moment.optional(),
  /** Entries before this moment, or before this day in UTC. */
  until: Moment.optional(),
  /** Text that the actor, the verb, the server or the detail holds, in any case. */
  q: z.string().trim().max(100).optional(),
});

const FaultKind = z.enum(['genesis', 'missing', 'edited', 'moved', 'inserted', 'unlinked']);

/** What a check of the whole chain came to. */
const Checked = z.object({
  checked_at: Timestamp,
  took_ms: z.int().nonnegative(),
  entries: z.int().nonnegative(),
  /** The newest entry that was looked at, as it stands in the store. */
  head: z.object({ entry: z.int(), hash: z.string() }),
  /** Whether every entry is as the hub wrote it, and none is missing between two others. */
  holds: z.boolean(),
  fault_count: z.int().nonnegative(),
  /** The first of what is wrong, each in a sentence that names the entry. */
  faults: z.array(z.object({ kind: FaultKind, entry: z.int().nullable(), sentence: z.string() })),
  /** What was said by the agent of each server, which was asked before the chain was read. */
  witnesses: z.array(
    Witness.pick({ server_id: true, status: true }).extend({
      /** Whether the store holds all that the agent was shown; also where it was shown nothing or could not be asked. */
      agrees: z.boolean(),
      /** How many heads were compared. */
      heads: z.int().nonnegative(),
      newest_entry: z.int().nullable(),
      differences: z.array(z.string()),
    }),
  ),
});

/** How it stands with checking the chain. The hub remembers it until it is stopped. */
export const Verification = z.object({
  running: z
    .object({ started_at: Timestamp, checked: z.int().nonnegative(), total: z.int().nonnegative() })
    .nullable(),
  /** The last check that came to its end. */
  last: Checked.nullable(),
  /** Why the last check did not come to its end. */
  failed: z.object({ at: Timestamp, detail: z.string() }).nullable(),
});
export type Verification = z.infer<typeof Verification>;

export const auditRoutes = {
  listAudit: route({
    method: 'GET',
    path: '/audit',
    summary: 'List the entries of the audit, newest first',
    tag: 'audit',
    query: Filters.extend({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      /** Entries before this one: `next_cursor` of the answer before. */
      cursor: EntryNumber.optional(),
      /** Entries after this one: what is new since. */
      after: EntryNumber.optional(),
    }),
    status: 200,
    response: z.object({
      entries: z.array(AuditEntry),
      /** Give it as `cursor` for the entries that follow; `null` when these are the last. */
      next_cursor: z.int().nullable(),
    }),
    problems: [],
  }),
  exportAudit: route({
    method: 'GET',
    path: '/audit/export',
    summary: 'Every entry of the audit under these filters as a file, newest first',
    tag: 'audit',
    query: Filters.extend({ format: z.enum(['csv', 'json']) }),
    status: 200,
    response: z.unknown(),
    file: ['text/csv', 'application/json'],
    problems: [],
  }),
  readVerification: route({
    method: 'GET',
    path: '/audit/verification',
    summary: 'What the last check of the chain of the audit came to, and how far one has come that runs',
    tag: 'audit',
    status: 200,
    response: Verification,
    problems: [],
  }),
  startVerification: route({
    method: 'POST',
    path: '/audit/verification',
    summary:
      'Check the chain of the audit from its beginning, and what the agents hold of it; one check runs at a time',
    tag: 'audit',
    body: NoBody,
    status: 200,
    response: Verification,
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
