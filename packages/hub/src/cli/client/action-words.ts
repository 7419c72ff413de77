import { ACTION_KINDS, type Action, type KindContract, plainJson } from '@homelabcmd/protocol';
import type { Call } from '../command.ts';
import { EXIT } from './failure.ts';

/** One line of how an action stands: `#42 restart of plex on nas: pending, waits for approval`. */
export function lineOf(action: Action): string {
  const { noun }: KindContract = ACTION_KINDS[action.action_type];
  return `#${action.action_id} ${noun} of ${action.service_name} on ${action.server_id}: ${stateOf(action)}`;
}

function stateOf({ status, result, reason, approved_by }: Action): string {
  switch (status) {
    case 'pending':
      return 'pending, waits for approval';
    case 'approved':
      return `approved by ${approved_by ?? '?'}`;
    case 'rejected':
    case 'cancelled':
    case 'abandoned':
      return reason === null ? status : `${status}: ${reason}`;
    default:
      return result === null || result.detail === '' ? status : `${status}: ${result.detail}`;
  }
}

/** Prints an action: the whole of it for programs, a line for people. */
export const tell = (call: Call, action: Action): void =>
  call.say(call.has('json') ? plainJson(JSON.stringify(action)) : lineOf(action));

/** For somebody who waited for its end. */
export const exitCodeOf = ({ status }: Action): number => (status === 'completed' ? EXIT.done : EXIT.notWell);
