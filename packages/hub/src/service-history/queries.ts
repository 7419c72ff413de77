import {
  type api,
  type QueryOf,
  type ResponseOf,
  ServiceStatus,
  StateClass,
  targetOf,
  Why,
  whySentence,
} from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { type Clock, timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';
import type { SpellState } from '../store/tables/service-history.ts';
import { availabilityOf, byDay, dayOf, NO_TIME, sumOf, type Times } from './days.ts';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 30;
/** Before that no server was watched. */
const FIRST_DAY = '2000-01-01';

const NOUGHT = sql<number>`0`;

interface Of {
  readonly serverId: string;
  readonly serviceName: string;
}

/** The changes of a service, newest first. @throws Refusal `not_found` */
export async function serviceHistory(
  db: Store,
  { serverId, serviceName }: Of,
  { limit, cursor }: QueryOf<typeof api.serviceHistory>,
): Promise<ResponseOf<typeof api.serviceHistory>> {
  await assertServer(db, serverId);
  const rows = await db
    .selectFrom('service_changes')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('target', '=', targetOf(serviceName))
    .$if(cursor !== undefined, (q) => q.where('event_id', '<', cursor ?? 0))
    .orderBy('event_id', 'desc')
    .limit(limit + 1)
    .execute();
  const changes = rows.slice(0, limit).map((row) => {
    const why = row.why_json === null ? null : Why.parse(JSON.parse(row.why_json));
    return {
      event_id: row.event_id,
      at: row.at,
      status: ServiceStatus.parse(row.status),
      state_class: StateClass.nullable().parse(row.state_class),
      answers: row.is_answering === null ? null : row.is_answering === 1,
      action_id: row.action_id,
      reason: why === null ? null : whySentence(why),
      why,
    };
  });
  return { changes, next_cursor: rows.length > limit ? (changes.at(-1)?.event_id ?? null) : null };
}

/** For how long of each day and month a service was how, with the spell that lasts. @throws Refusal */
export async function serviceAvailability(
  { db, clock }: { db: Store; clock: Clock },
  { serverId, serviceName }: Of,
  asked: QueryOf<typeof api.serviceAvailability>,
): Promise<ResponseOf<typeof api.serviceAvailability>> {
  const nowMs = clock.nowMs();
  const to = asked.to ?? dayOf(nowMs);
  if (to < FIRST_DAY) throw invalid('to', `Use a day from ${FIRST_DAY} on.`);
  const from = asked.from ?? dayOf(Date.parse(to) - (SHOWN_DAYS - 1) * DAY_MS);
  if (from > to) throw invalid('from', 'Use a day that is not after `to`.');
  await assertServer(db, serverId);
  const days = new Map<string, Times>();
  for (const { day, since, counted_as, ...times } of await timesOf(db, serverId, targetOf(serviceName))) {
    const parts = since === null ? [[day, times] as const] : byDay(counted_as, Date.parse(since), nowMs);
    for (const [on, some] of parts)
      if (on >= from && on <= to) days.set(on, sumOf(days.get(on) ?? NO_TIME, some));
  }
  const inOrder = [...days].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const byMonth = Map.groupBy(inOrder, ([day]) => day.slice(0, 7));
  return {
    ...{ from, to, at: timestamp(nowMs) },
    days: inOrder.map(([day, times]) => ({ day, ...times, availability: availabilityOf(times) })),
    months: [...byMonth].map(([month, some]) => {
      const times = some.reduce((sum, [, one]) => sumOf(sum, one), NO_TIME);
      return { month, ...times, availability: availabilityOf(times) };
    }),
  };
}

/**
 * The days of a service, and the spell that lasts as a row with a `since`. It is one statement, since a change moves time
 * from the spell to its days: between two of them it could be in neither.
 */
function timesOf(db: Store, serverId: string, target: string) {
  return db
    .selectFrom('service_days')
    .select(['day', 'running_ms', 'down_ms', 'unknown_ms'])
    .select([sql<SpellState>`'not_counted'`.as('counted_as'), sql<string | null>`NULL`.as('since')])
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .unionAll((eb) =>
      eb
        .selectFrom('service_spells')
        .select(sql<string>`''`.as('day'))
        .select([NOUGHT.as('running_ms'), NOUGHT.as('down_ms'), NOUGHT.as('unknown_ms')])
        .select(['counted_as', 'since'])
        .where('server_id', '=', serverId)
        .where('target', '=', target),
    )
    .execute();
}

const invalid = (path: string, message: string) =>
  new Refusal('invalid', message, { errors: [{ path, message }] });

/** A service that is not known any more, or not yet, has a history all the same: perhaps an empty one. */
async function assertServer(db: Store, serverId: string): Promise<void> {
  const server = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
}
