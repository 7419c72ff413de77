import { z } from 'zod';
import type { EventType } from './event.ts';
import { OrderId, Timestamp } from './text.ts';

/** The hash of an entry of the audit: SHA-256, as docs/audit.md describes it. */
const AuditHash = z.string().regex(/^[0-9a-f]{64}$/);

/** The newest entry of the hub's audit at one moment: its hash stands for every entry up to it. */
export const AuditHead = z.strictObject({ entry: z.int().nonnegative(), hash: AuditHash });
export type AuditHead = z.infer<typeof AuditHead>;

/** A head that an agent keeps: it came with this order. */
export const HeldHead = AuditHead.extend({
  order_id: OrderId,
  at: Timestamp,
  /** What that order was about, where the agent knows it: `systemd:plex.service`. */
  target: z.string().max(300).optional(),
});
export type HeldHead = z.infer<typeof HeldHead>;

/** An agent tells at most so many heads at once, the newest. */
export const MAX_HEADS = 1000;

/** Facts of the log that are kept for ever under their own name. */
export type KeptFact =
  | Exclude<Extract<EventType, `action.${string}`>, 'action.progress'>
  | 'server.created'
  | 'server.deleted'
  | 'key.created'
  | 'key.revoked'
  | 'freeze.changed'
  | 'policy.changed'
  | 'policy.removed'
  | 'policy.noted'
  | 'automation.changed';

/** What is kept for ever and is no fact of the log: no page has to hear of it, or hears of it in other words. */
export type AuditNoteVerb =
  | 'key.created'
  | 'key.replaced'
  | 'session.opened'
  | 'session.ended'
  | 'user.created'
  | 'user.changed'
  | 'user.removed'
  | 'user.invited'
  | 'user.joined'
  | 'user.password_changed'
  | 'user.totp_added'
  | 'user.totp_removed'
  | 'user.passkey_added'
  | 'user.passkey_renamed'
  | 'user.passkey_removed'
  | 'user.passkey_refused'
  | 'enrolment.made'
  | 'enrolment.used'
  | 'agent.key_asked'
  | 'agent.key_changed'
  | 'agent.old_key_shown'
  | 'hub.key_changed'
  | 'maintenance.begun'
  | 'maintenance.ended'
  | 'expectation.added'
  | 'expectation.changed'
  | 'expectation.removed'
  | 'store.set_back'
  | 'order.unaccounted'
  | 'agent.quarantined'
  | 'agent.released'
  | 'alert.acknowledged'
  | 'alert.unacknowledged'
  | 'silence.created'
  | 'silence.ended'
  | 'alert_rule.changed'
  | 'alert_rule.reset'
  | 'job.created'
  | 'job.removed';

/** Every verb that this version writes. A chain that is older, or newer, may have others. */
export type AuditVerb = KeptFact | AuditNoteVerb | 'action.cancel_requested';

/** One thing that was done, kept for ever. */
export const AuditEntry = z.object({
  /** 1, 2, 3, … without gaps. */
  entry: z.int().positive(),
  /** A timestamp, unless somebody has edited it. */
  at: z.string(),
  /** Who or what did it: a person or key, `agent:<server id>`, `hub`, or `console` for the hub's own machine. */
  actor: z.string(),
  /** `action.approved`, `server.deleted`, `key.replaced`, … */
  verb: z.string(),
  /** `null` for what concerns the hub itself. The server may be gone. */
  server_id: z.string().nullable(),
  action_id: z.int().nullable(),
  /** The address from which a person or key did it by a request to the hub; `null` where nobody did, or before it was kept. */
  from_address: z.string().nullable(),
  /** What more there is to say; its members depend on the verb. */
  detail: z.record(z.string(), z.unknown()),
  /** What stands in the place of `detail` where that is no JSON object, because somebody has edited it; otherwise `null`. */
  detail_text: z.string().nullable(),
  /** Whether `hash` is that of the entry as it stands here: if not, somebody has edited it. */
  intact: z.boolean(),
  prev_hash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
