import type { JournalLine } from '@homelabcmd/protocol';
import { cut } from '../text.ts';
import { maskSecrets } from './mask.ts';

const MAX_MESSAGE = 2048;

type Entry = Readonly<Record<string, unknown>>;

/** journald gives a value that is not valid text as an array of bytes, and one written twice as an array of values. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  if (value.every((byte) => typeof byte === 'number')) return Buffer.from(value).toString('utf8');
  return value.map(textOf).join(' ');
}

function numberOf(value: unknown, max: number): number | null {
  const number = Number.parseInt(textOf(value), 10);
  return Number.isSafeInteger(number) && number >= 0 && number <= max ? number : null;
}

/** One line of `journalctl -o json`, with secrets hidden; `null` when it is not one. */
export function parseJournalLine(line: string): JournalLine | null {
  let entry: Entry;
  try {
    entry = JSON.parse(line) as Entry;
  } catch {
    return null;
  }
  const usec = numberOf(entry.__REALTIME_TIMESTAMP, Number.MAX_SAFE_INTEGER);
  if (usec === null) return null;
  return {
    at: new Date(Math.floor(usec / 1000)).toISOString(),
    identifier: cut(textOf(entry.SYSLOG_IDENTIFIER) || textOf(entry._COMM), 256),
    pid: numberOf(entry._PID, 2 ** 31),
    priority: numberOf(entry.PRIORITY, 7),
    message: cut(maskSecrets(cut(textOf(entry.MESSAGE), 4 * MAX_MESSAGE)), MAX_MESSAGE),
  };
}
