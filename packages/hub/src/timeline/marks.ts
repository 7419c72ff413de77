import type { api, DayMark, QueryOf, ResponseOf } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { assertServer, spanOf } from './span.ts';

/** More than a chart has room for. */
const MOST = 500;

/** What happened on a server, for its charts. @throws Refusal */
export async function serverMarks(
  { db, clock }: { db: Store; clock: Clock },
  serverId: string,
  asked: QueryOf<typeof api.serverMarks>,
): Promise<ResponseOf<typeof api.serverMarks>> {
  const { from, to } = spanOf(asked, clock);
  await assertServer(db, serverId);
  const rows = await db
    .selectFrom('day_marks')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('at', '<=', to)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>=', from)]))
    .orderBy('event_id', 'desc')
    .limit(MOST + 1)
    .execute();
  const marks = rows.slice(0, MOST).map(({ target: _, ...mark }): DayMark => mark);
  return { from, to, marks: marks.toReversed(), is_cut: rows.length > MOST };
}
