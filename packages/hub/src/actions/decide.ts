import type { Action } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { hasHappenedAhead } from './deadlines/clock-set-back.ts';
import { type ActionRow, findAction } from './rows.ts';
import { type GivenSeal, takeSeal } from './sealed/take-seal.ts';
import type { ActionTiming } from './timing.ts';
import { frozenNote, progress, transition } from './transition.ts';

export interface DecideParts {
  readonly log: EventLog;
  readonly timing: ActionTiming;
  /** Whether the policies let this actor approve it. @throws Refusal `forbidden` */
  mayApprove(open: LogTransaction, actor: string, row: ActionRow): Promise<void>;
}

/**
 * Approves exactly what was shown; on a sealed server with what a passkey has signed.
 * @throws Refusal `not_found`; `digest_mismatch`; `forbidden`; `seal_required`, `bad_seal`; `action_moved_on` when it is
 * decided or expired
 */
export function approve(
  parts: DecideParts,
  actor: string,
  actionId: number,
  digest: string | undefined,
  seal?: GivenSeal,
): Promise<Action> {
  return parts.log.transaction((open) => approveIn(open, parts, actor, actionId, digest, seal));
}

/** The same inside a transaction: the one way to `approved`, for people and for policies. */
export async function approveIn(
  open: LogTransaction,
  { timing, mayApprove }: Omit<DecideParts, 'log'>,
  actor: string,
  actionId: number,
  digest: string | undefined,
  given?: GivenSeal,
): Promise<Action> {
  const row = await findOpen(open, actionId);
  if (digest !== undefined && digest !== row.digest) {
    throw new Refusal('digest_mismatch', `Action #${actionId} is not what you were shown. Look at it again.`);
  }
  if (row.status === 'pending') await mayApprove(open, actor, row);
  const kept =
    row.status === 'pending' ? await takeSeal(open, actor, row, given, timing.approvedTtlMs) : null;
  const isOwn = row.created_by === actor;
  const signed = kept === null ? '' : `, signed with «${kept.key_name}»`;
  return transition(open, row, 'approved', {
    actor,
    detail:
      (isOwn ? `${actor} approved their own request` : `${actor} approved it`) +
      signed +
      (await frozenNote(open)),
    deadlineAt: kept?.statement.until ?? timestamp(Date.parse(open.now) + timing.approvedTtlMs),
    set: {
      ...{ approved_at: open.now, approved_by: actor, approved_digest: row.digest },
      approval_seal_json: kept && JSON.stringify(kept),
    },
  });
}

/** @throws Refusal `not_found`, `action_moved_on` */
export function reject(log: EventLog, actor: string, actionId: number, reason: string): Promise<Action> {
  return log.transaction(async (open) =>
    transition(open, await findOpen(open, actionId), 'rejected', {
      actor,
      detail: reason,
      set: { decided_by: actor, reason },
    }),
  );
}

/**
 * Takes back what has not been sent. What has been sent is asked back: only the agent can say whether it has begun.
 * @param onlyOwn whoever asks may take back what they asked for themselves, and no more
 * @throws Refusal `not_found`, `forbidden`, `action_moved_on`
 */
export function cancel(
  log: EventLog,
  actor: string,
  actionId: number,
  { onlyOwn }: { onlyOwn: boolean },
): Promise<Action> {
  return log.transaction(async (open) => {
    const row = await findOpen(open, actionId);
    if (onlyOwn && row.created_by !== actor)
      throw new Refusal(
        'forbidden',
        `${row.created_by} asked for action #${actionId}: to cancel it takes them, or an approver.`,
      );
    if (row.status === 'dispatched') return askBack(open, row, actor);
    return transition(open, row, 'cancelled', {
      actor,
      detail: `${actor} cancelled it`,
      set: { decided_by: actor },
    });
  });
}

async function askBack(open: LogTransaction, row: ActionRow, actor: string): Promise<Action> {
  if (row.cancel_requested_by !== null)
    throw new Refusal(
      'action_moved_on',
      `${row.cancel_requested_by} has asked to cancel action #${row.action_id} already; its agent has not answered yet`,
      { action_status: row.status },
    );
  return progress(open, row, 'cancel_requested', {
    actor,
    detail: `${actor} asked to cancel it`,
    set: { cancel_requested_by: actor },
  });
}

/** Closes an action whose outcome stays unknown. @throws Refusal `not_found`, `action_moved_on` */
export function abandon(log: EventLog, actor: string, actionId: number, note: string): Promise<Action> {
  return log.transaction(async (open) =>
    transition(open, await findOpen(open, actionId), 'abandoned', {
      actor,
      detail: note,
      set: { decided_by: actor, reason: note },
    }),
  );
}

/** The row, unless its time has run out and only the clock has not written that yet. */
async function findOpen(open: LogTransaction, actionId: number): Promise<ActionRow> {
  const row = await findAction(open.tx, actionId, Date.parse(open.now));
  const canExpire = row.status === 'pending' || row.status === 'approved';
  const isPast = row.deadline_at !== null && row.deadline_at <= open.now;
  if (canExpire && (isPast || hasHappenedAhead(row, Date.parse(open.now)))) {
    throw new Refusal('action_moved_on', `Action #${actionId} has expired`, { action_status: 'expired' });
  }
  return row;
}
