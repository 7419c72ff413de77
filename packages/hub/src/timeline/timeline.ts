import { type api, type QueryOf, type ResponseOf, targetOf, type TimelineEntry } from '@homelabcmd/protocol';
import type { StoredEvent } from '../events/log.ts';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { TIMELINE_KINDS } from './kinds/registry.ts';
import { assertServer, type Span, spanOf } from './span.ts';

const LONGEST_MS = 7 * 86_400_000;
/** Of each kind: more than anybody reads, and little enough to be read while others wait. */
const MOST = 1000;
/** Evidence of what happened comes a little later. */
const EVIDENCE_MS = 60_000;

/** All that is known of a server, or of one of its services, in the order of time. @throws Refusal */
export async function serverTimeline(
  { db, clock }: { db: Store; clock: Clock },
  serverId: string,
  asked: QueryOf<typeof api.serverTimeline>,
): Promise<ResponseOf<typeof api.serverTimeline>> {
  const span = spanOf(asked, clock, LONGEST_MS);
  await assertServer(db, serverId);
  const target = asked.service_name === undefined ? null : targetOf(asked.service_name);
  const events = await eventsIn(db, serverId, span);
  const about = { ...span, db, serverId, target, events: events.slice(0, MOST), most: MOST };
  const byKind: (readonly TimelineEntry[])[] = await Promise.all(
    Object.values(TIMELINE_KINDS).map((read) => read(about)),
  );
  return {
    ...span,
    entries: byKind
      .flatMap((entries) => entries.slice(0, MOST))
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    is_cut: events.length > MOST || byKind.some((entries) => entries.length > MOST),
  };
}

/** Times are not indexed in the log, but grow with the numbers. */
async function eventsIn(db: Store, serverId: string, { from, to }: Span): Promise<StoredEvent[]> {
  const first = await firstIdAt(db, from);
  const end = await firstIdAt(db, timestamp(Date.parse(to) + EVIDENCE_MS));
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('id', '>=', first)
    .where('id', '<', end)
    .where('server_id', '=', serverId)
    .where((eb) =>
      eb.or([
        eb('type', '=', 'service.changed'),
        eb('type', 'like', 'action.%'),
        eb('type', 'like', 'alert.%'),
      ]),
    )
    .orderBy('id')
    .limit(MOST + 1)
    .execute();
  return rows.map(({ id, at, type, actor, server_id, data_json }) => ({
    ...{ id, at, actor, type: type as StoredEvent['type'], serverId: server_id, dataJson: data_json },
  }));
}

/** The number of the first event that is not before a moment; one more than the last where all are. */
async function firstIdAt(db: Store, at: string): Promise<number> {
  const { newest } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max('id').as('newest'))
    .executeTakeFirstOrThrow();
  let low = 0;
  let high = (newest ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await db
      .selectFrom('events')
      .select(['id', 'at'])
      .where('id', '>=', middle)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined || row.at >= at) high = middle;
    else low = row.id + 1;
  }
  return low;
}
