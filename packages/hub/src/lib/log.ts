import { type Logger, pino } from 'pino';

export type { Logger };

/** Structured logs: one JSON line per entry on standard output. Control characters are escaped by JSON itself. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers.cookie'] });
