import { type Action, type ActionStatus, isFinal, whySentence } from '@homelabcmd/protocol';
import type { Look } from '../../ui/glyphs/glyph.tsx';
import { kindWords } from './kind.ts';

const LOOKS: Record<ActionStatus, Look> = {
  pending: { shape: 'clock', tone: 'acc', word: 'Waiting for approval' },
  approved: { shape: 'ringTick', tone: 'acc', word: 'Approved' },
  dispatched: { shape: 'ringArrow', tone: 'acc', word: 'Sent' },
  executing: { shape: 'half', tone: 'acc', word: 'Executing', isTurning: true },
  completed: { shape: 'discTick', tone: 'ok', word: 'Completed' },
  failed: { shape: 'diamond', tone: 'bad', word: 'Failed' },
  rejected: { shape: 'ringCross', tone: 'mute', word: 'Rejected' },
  cancelled: { shape: 'ringBar', tone: 'mute', word: 'Cancelled' },
  expired: { shape: 'hourglass', tone: 'mute', word: 'Expired' },
  unknown: { shape: 'ringDashedQuery', tone: 'warn', word: 'Unknown' },
  refused: { shape: 'ringSlash', tone: 'mute', word: 'Refused' },
  abandoned: { shape: 'ringDashedBar', tone: 'mute', word: 'Abandoned' },
};

export const actionLook = (status: ActionStatus): Look => LOOKS[status];

/** The badge that a service wears while an action for it is open. */
export function openBadge(action: Action): Look {
  const { imperative, ongoing } = kindWords(action);
  switch (action.status) {
    case 'pending':
      return { ...LOOKS.pending, word: `${imperative} pending` };
    case 'unknown':
      return { ...LOOKS.unknown, word: 'Outcome unknown' };
    case 'approved':
      return { ...LOOKS.approved, word: `${imperative} approved` };
    default:
      return { ...LOOKS[action.status], word: ongoing };
  }
}

/** Why it was asked for, as far as the hub knows. */
export function causeOf(action: Action): string {
  if (action.why !== null) return whySentence(action.why);
  if (action.expect === null) return 'The hub has not seen this service yet.';
  return action.expect.state_class === 'running'
    ? 'It was running when this was asked for.'
    : 'systemd does not say why it is down.';
}

/** Units that it reaches besides the one asked for, in one phrase. */
export function extentOf(action: Action): string {
  const others = action.also_restarts;
  const { present } = kindWords(action);
  if (action.expect === null) return `The hub does not know what else ${present} with it.`;
  if (others.length === 0) return `${present.charAt(0).toUpperCase()}${present.slice(1)} nothing else.`;
  const names = others.slice(0, 3).map((other) => other.unit);
  const more = others.length - names.length;
  return `Also ${present} ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** How many restarts of the service ran lately. */
export function budgetOf(action: Action): string {
  const ran = action.budget.ran_last_hour;
  if (ran === 0) return 'No restart ran in the last hour.';
  return `${ran} ${ran === 1 ? 'restart' : 'restarts'} ran in the last hour.`;
}

/** What to think of before one more restart, or `null`. */
export function budgetWarning({ budget }: Action): string | null {
  const nth = budget.ran_last_hour + 1;
  if (nth < budget.warn_at) return null;
  return `This would be restart ${nth} in an hour, so it may not hold. People are stopped at ${budget.limit}.`;
}

/** It has been decided and is not over: what it is doing, for a moment by the hub's clock. */
export function progressOf(action: Action, nowMs: number): string {
  switch (action.status) {
    case 'approved':
      return 'Approved. Waiting for the agent to take the order.';
    case 'dispatched':
      return action.cancel_requested_by === null
        ? 'Sent to the agent.'
        : `${action.cancel_requested_by} asked to cancel it. The agent says whether it has begun.`;
    case 'executing': {
      if (action.verifying_since === null)
        return `Executing. systemd is ${kindWords(action).ongoing.toLowerCase()} it.`;
      const wholeS = Math.round(action.settle_ms / 1000);
      const passedS = Math.floor((nowMs - Date.parse(action.verifying_since)) / 1000);
      return `Executing: verifying, ${Math.min(Math.max(passedS, 0), wholeS)} of ${wholeS} s.`;
    }
    default:
      return '';
  }
}

/** One sentence on how an action that is over ended, or why. */
export function outcomeOf(action: Action): string {
  const by = action.decided_by ?? 'someone';
  switch (action.status) {
    case 'rejected':
      return `${by}: “${action.reason ?? ''}”`;
    case 'cancelled':
      return `Withdrawn by ${by} before it ${action.cancel_requested_by === null ? 'was sent' : 'began'}`;
    case 'expired':
      return action.approved_at === null ? 'Nobody decided in time' : 'The agent did not take it in time';
    case 'abandoned':
      return `${by}: “${action.reason ?? ''}”`;
    default:
      return isFinal(action.status) || action.status === 'unknown' ? (action.result?.detail ?? '') : '';
  }
}
