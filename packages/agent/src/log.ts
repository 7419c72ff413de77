import { plainJson } from '@homelabcmd/protocol';

/** What a log line carries besides its sentence. Never a secret. */
export type LogFields = Record<string, unknown>;
export type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, msg: string, fields?: LogFields) => void;

/** One JSON line per event, in which nothing is hidden: no text from outside can forge a line or reach a terminal. */
export function jsonLines(write: (line: string) => void): Log {
  return (level, msg, fields) =>
    write(`${plainJson(JSON.stringify({ level, time: new Date().toISOString(), msg, ...fields }))}\n`);
}

/** The sentence of a caught value. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The `code` of a caught system error (`ENOENT`), or an empty text. */
export const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
