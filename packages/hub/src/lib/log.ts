import { plainJson } from '@homelabcmd/protocol';
import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * Structured logs: one JSON line per entry, on standard output where nothing else is named. Nothing that somebody wrote can end a
 * line, hide in one or reach the terminal of who reads it.
 */
export function createLogger(level: string, write: (text: string) => void = toStandardOutput()): Logger {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers.cookie'] };
  return pino({ level, ...options }, { write: (line) => write(`${plainJson(line.slice(0, -1))}\n`) });
}

function toStandardOutput(): (text: string) => void {
  const output = pino.destination({ dest: 1, sync: true });
  return (text) => void output.write(text);
}
