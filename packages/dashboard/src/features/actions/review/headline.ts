import type { Action } from '@homelabcmd/protocol';
import { askOf, doubtOf, kindWords } from '../../../api/vocabulary/kind.ts';
import { exactSpan } from '../../../lib/time-words.ts';

/** The title of an action's page: a question while it can be decided, then what became of it. */
export function headlineOf(action: Action): string {
  const { noun, ongoing, past } = kindWords(action);
  const subject = `${action.service_name} on ${action.server_id}`;
  switch (action.status) {
    case 'pending':
      return `${askOf(action)}?`;
    case 'executing':
      return `${ongoing} ${subject}`;
    case 'completed':
      return `${past.charAt(0).toUpperCase()}${past.slice(1)} ${subject}`;
    case 'failed':
      return `The ${noun} of ${subject} failed`;
    case 'unknown':
      return doubtOf(action);
    default:
      return askOf(action);
  }
}

/** One sentence under it, or `null` where the title says it all. */
export function ledeOf(action: Action): string | null {
  const {
    approved_at,
    cancel_requested_by,
    decided_by,
    finished_at,
    reason,
    result,
    server_id,
    settle_ms,
    status,
  } = action;
  switch (status) {
    case 'completed': {
      const took =
        approved_at !== null && finished_at !== null
          ? ` Approval to completion: ${exactSpan(Date.parse(finished_at) - Date.parse(approved_at))}.`
          : '';
      return `Running again for ${Math.round(settle_ms / 1000)} s without a fault.${took}`;
    }
    case 'approved':
      return `It is sent as soon as the agent on ${server_id} is there. If that takes too long, it expires and nothing runs.`;
    case 'dispatched':
      return cancel_requested_by === null
        ? `The order is with the agent on ${server_id}.`
        : `${cancel_requested_by} asked to cancel it. It is cancelled if the agent on ${server_id} proves that it never began.`;
    case 'failed':
      return result?.detail ?? 'systemd ran it and the service did not stay up.';
    case 'refused':
      return `It did not run and never will. ${result?.detail ?? ''}`.trim();
    case 'unknown':
      return `${result?.detail ?? `${server_id} went silent after the order was sent.`} Look before you try again. It is never retried by itself.`;
    case 'rejected':
      return `${decided_by ?? 'Someone'} rejected it: “${reason ?? ''}” Nothing ran.`;
    case 'abandoned':
      return `${decided_by ?? 'Someone'} closed it: “${reason ?? ''}”`;
    case 'cancelled':
      return `Withdrawn by ${decided_by ?? 'someone'} before it ${cancel_requested_by === null ? 'was sent' : 'began'}. Nothing ran.`;
    case 'expired':
      return 'It ran out of time. Nothing ran.';
    default:
      return null;
  }
}
