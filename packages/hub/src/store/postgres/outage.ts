import { StoreUnavailable } from '../faults.ts';

/** Classes of PostgreSQL's own codes that speak of the server's state and not of what was asked. */
const OUTAGE_STATES = [
  '08', // the connection
  '40', // rolled back, for the sake of another
  '53', // no room, no memory, no connection left
  '57P', // shut down, starting, or ended by somebody
  '25006', // only for reading: a standby
  '25P03', // the transaction was idle for too long
  '55P03', // a lock was not had in time
];
const OUTAGE_ERRNOS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // no socket at this path
  'EPIPE',
  'ETIMEDOUT',
]);
/** What the driver says by itself has no code. */
const OUTAGE_WORDS =
  /^(Connection terminated|Client was closed|Client has encountered a connection error|Query read timeout|timeout exceeded when trying to connect|Postgres connection has been discarded|Cannot use a pool after)/;

/** The same error, or `StoreUnavailable` when it says that the server is not there for us. */
export function translateOutage(error: unknown): unknown {
  if (error instanceof StoreUnavailable || !(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  const isOutage =
    typeof code === 'string'
      ? OUTAGE_ERRNOS.has(code) || OUTAGE_STATES.some((state) => code.startsWith(state))
      : OUTAGE_WORDS.test(error.message);
  if (!isOutage) return error;
  return new StoreUnavailable(`PostgreSQL does not answer: ${wordsOf(error)}`, { cause: error });
}

/** Where a name has several addresses, each has failed for itself, and the whole says nothing. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
