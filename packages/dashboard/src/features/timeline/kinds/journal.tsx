import { LogLines } from '../../../ui/log-lines.tsx';
import type { EntryKind } from './kind.ts';

/** Syslog's `err` and everything more serious. */
const ERROR_PRIORITY = 3;

export const journal: EntryKind<'journal'> = {
  isJoined: true,
  look: () => ({ shape: 'ringInfo', tone: 'mute', word: 'Journal' }),
  Words: ({ entries }) => (
    <LogLines
      isPlain
      label={`Journal, ${entries.length} ${entries.length === 1 ? 'line' : 'lines'}`}
      lines={entries.map(({ at, identifier, pid, priority, message }) => ({
        at,
        source: pid === null ? identifier : `${identifier}[${pid}]`,
        text: message,
        isBad: priority !== null && priority <= ERROR_PRIORITY,
      }))}
    />
  ),
};
