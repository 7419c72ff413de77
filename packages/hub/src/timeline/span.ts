import { type Clock, timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';

const HOUR_MS = 3_600_000;

/** Two times, the first before the second. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** The two times that were asked for. @throws Refusal `invalid` */
export function spanOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  clock: Clock,
  longestMs = Number.POSITIVE_INFINITY,
): Span {
  const to = asked.to ?? timestamp(clock.nowMs());
  const from = asked.from ?? timestamp(Date.parse(to) - HOUR_MS);
  if (from >= to) throw invalid('from', 'Use a time before `to`.');
  if (Date.parse(to) - Date.parse(from) > longestMs)
    throw invalid('from', `Use a time at most ${longestMs / (24 * HOUR_MS)} days before \`to\`.`);
  return { from, to };
}

/** @throws Refusal `not_found` */
export async function assertServer(db: Store, serverId: string): Promise<void> {
  const server = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
}

const invalid = (path: string, message: string) =>
  new Refusal('invalid', message, { errors: [{ path, message }] });
