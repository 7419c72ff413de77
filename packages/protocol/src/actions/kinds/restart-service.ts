import type { KindContract } from './kind.ts';

/** `reset-and-restart` also clears a start limit that is used up, without which systemd would not start it. */
export const restartService = {
  verbs: ['restart', 'reset-and-restart'],
  noun: 'restart',
  imperative: 'Restart',
  present: 'restarts',
  ongoing: 'Restarting',
  past: 'restarted',
} as const satisfies KindContract;
