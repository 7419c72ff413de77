import { ACTION_KINDS, type Action, type KindContract } from '@homelabcmd/protocol';

/** The words for what an action does: every kind brings its own. */
export const kindWords = ({ action_type }: Pick<Action, 'action_type'>): KindContract =>
  ACTION_KINDS[action_type];

/** `Restart plex on media-01`, for headings, rows and questions. */
export const askOf = (action: Action): string =>
  `${kindWords(action).imperative} ${action.service_name} on ${action.server_id}`;

/** What is said as long as nobody knows how it ended. */
export const doubtOf = (action: Action): string =>
  `We do not know if ${action.service_name} ${kindWords(action).past}`;
